# Reference values for the measures of packages/engine/src/lab, by scikit-learn and statsmodels:
#   python3 -m venv venv && venv/bin/pip install scikit-learn==1.9.1 statsmodels==0.15.0
#   venv/bin/python bench/reference/metrics.py > packages/engine/src/lab/metrics.reference.json
import json

import numpy as np
from sklearn.metrics import average_precision_score, roc_auc_score, roc_curve
from sklearn.calibration import calibration_curve
from statsmodels.stats.proportion import proportion_confint

random = np.random.default_rng(7)
truth = (random.random(400) < 0.1).astype(int)
# one decimal, so that there are ties
scores = np.round(random.normal(size=400) + 1.5 * truth, 1)
stated = np.round(1 / (1 + np.exp(2 - 1.2 * scores)) + random.random(400) * 1e-6, 9)
weights = np.where(truth == 1, 0.01, 1.0)
fpr, tpr, _ = roc_curve(truth, scores, drop_intermediate=False)
was, said = calibration_curve(truth, stated, n_bins=20, strategy="quantile")
print(json.dumps({
    "truth": truth.tolist(),
    "scores": scores.tolist(),
    "stated": stated.tolist(),
    "roc_auc": roc_auc_score(truth, scores),
    "partial_auc_10": roc_auc_score(truth, scores, max_fpr=0.1),
    "average_precision": average_precision_score(truth, scores),
    "average_precision_weighted": average_precision_score(truth, scores, sample_weight=weights),
    "recall_at": [[rate, float(np.interp(rate, fpr, tpr))] for rate in (0.011, 0.05, 0.2)],
    "reliability": [[float(a), float(b)] for a, b in zip(said, was)],
    "calibration_error": float(np.mean(np.abs(said - was))),
    "wilson": [[k, n, *map(float, proportion_confint(k, n, method="wilson"))] for k, n in ((0, 5), (3, 10), (68, 87), (87, 87))],
}))
