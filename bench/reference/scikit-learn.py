"""Writes what scikit-learn says of made-up data, for the tests of isolation forest and boosted trees.

python -m venv venv && venv/bin/pip install scikit-learn==1.9.1 numpy==2.4.6
venv/bin/python bench/reference/scikit-learn.py > packages/engine/src/models/scikit-learn.json
"""

import json
import sys

import numpy as np
import sklearn
from sklearn.ensemble import HistGradientBoostingClassifier, IsolationForest
from sklearn.metrics import log_loss, roc_auc_score

SEEDS = 10
rng = np.random.default_rng(20260105)


def rounded(values, digits=4):
    return np.round(np.asarray(values, dtype=float), digits).tolist()


# isolation forest: two clouds, a heavy tail, and some scattered far out
rows = np.vstack(
    [
        rng.normal(0, 1, (260, 4)),
        rng.normal(3, 0.5, (100, 4)),
        rng.uniform(-8, 8, (40, 4)),
    ]
)
rows[:, 3] = np.exp(rows[:, 3] / 2)
rows = np.array(rounded(rows))
scores = [
    -IsolationForest(n_estimators=100, max_samples=256, random_state=seed).fit(rows).score_samples(rows)
    for seed in range(SEEDS)
]

# boosted trees: a curve, a step, an interaction and unknown values
def labelled(count):
    x = rng.uniform(-2, 2, (count, 4))
    x[rng.uniform(size=count) < 0.15, 2] = np.nan
    odds = 1.5 * x[:, 0] + np.sin(3 * x[:, 1]) + np.where(np.isnan(x[:, 2]), 1.0, x[:, 2] * (x[:, 3] > 0)) - 0.5
    return np.array(rounded(x)), (rng.uniform(size=count) < 1 / (1 + np.exp(-odds))).astype(int)


train_x, train_y = labelled(1000)
test_x, test_y = labelled(1000)
shape = dict(max_iter=60, max_depth=3, learning_rate=0.1, l2_regularization=1.0, min_samples_leaf=20)
model = HistGradientBoostingClassifier(
    **shape, max_bins=64, max_leaf_nodes=None, monotonic_cst=[1, 0, 0, 0], early_stopping=False
).fit(train_x, train_y)
odds = model.decision_function(test_x)


def plain(table):
    return [[None if np.isnan(v) else v for v in row] for row in table.tolist()]


json.dump(
    {
        "version": sklearn.__version__,
        "forest": {
            "rows": rows.tolist(),
            "mean": rounded(np.mean(scores, axis=0)),
            "deviation": rounded(np.std(scores, axis=0, ddof=1)),
        },
        "boosting": {
            "trainRows": plain(train_x),
            "trainTargets": train_y.tolist(),
            "testRows": plain(test_x),
            "testTargets": test_y.tolist(),
            "logLoss": round(log_loss(test_y, 1 / (1 + np.exp(-odds))), 5),
            "auc": round(roc_auc_score(test_y, odds), 5),
            "odds": rounded(odds),
        },
    },
    sys.stdout,
    separators=(",", ":"),
)
