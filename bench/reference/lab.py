"""Writes what scikit-learn says of made-up data, for the tests of the model lab.

python -m venv venv && venv/bin/pip install scikit-learn==1.9.1 numpy==2.4.6
venv/bin/python bench/reference/lab.py > packages/engine/src/lab/scikit-learn.json
"""

import json
import sys

import numpy as np
import sklearn
from sklearn.cluster import DBSCAN, KMeans
from sklearn.decomposition import PCA
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

rng = np.random.default_rng(20260106)


def rounded(values, digits=6):
    return np.round(np.asarray(values, dtype=float), digits).tolist()


# three clouds that lie aslant, and some scattered about
mix = rng.normal(0, 1, (5, 5))
rows = np.vstack(
    [
        rng.normal(0, 1, (110, 5)) @ mix,
        rng.normal(0, 0.6, (80, 5)) @ mix + np.array([9, -7, 0, 5, -6]),
        rng.normal(0, 0.5, (60, 5)) + np.array([-8, 6, 9, -9, 4]),
        rng.uniform(-11, 11, (20, 5)),
    ]
)
rows = np.round(rows, 3)
standard = StandardScaler().fit_transform(rows)

pca = PCA().fit(standard)
kept = PCA(n_components=2).fit(standard)
left = ((standard - kept.inverse_transform(kept.transform(standard))) ** 2).sum(axis=1)

start = standard[[3, 120, 200, 255]]
same = KMeans(n_clusters=4, init=start, n_init=1, algorithm="lloyd", tol=0, max_iter=300).fit(standard)
best = KMeans(n_clusters=4, n_init=20, random_state=1, tol=0).fit(standard)

regions = DBSCAN(eps=0.55, min_samples=6).fit(standard)


# random forest: a curve, a step, an interaction; numbers in tenths, so that every threshold is one of 64
def labelled(count):
    x = np.round(rng.uniform(-2, 2, (count, 4)), 1)
    odds = 2 * x[:, 0] + np.sin(3 * x[:, 1]) + 2 * x[:, 2] * (x[:, 3] > 0) - 0.5
    return x, (rng.uniform(size=count) < 1 / (1 + np.exp(-odds))).astype(int)


train_x, train_y = labelled(1000)
test_x, test_y = labelled(500)
forests = [
    RandomForestClassifier(n_estimators=100, max_depth=12, min_samples_leaf=3, max_features=2, random_state=seed)
    .fit(train_x, train_y)
    .predict_proba(test_x)[:, 1]
    for seed in range(10)
]
tree = DecisionTreeClassifier(max_depth=4, min_samples_leaf=10, random_state=1).fit(train_x, train_y)
mean = np.mean(forests, axis=0)

json.dump(
    {
        "version": sklearn.__version__,
        "rows": rows.tolist(),
        "pca": {
            "variances": rounded(pca.explained_variance_),
            "components": rounded(pca.components_),
            "errors": rounded(left),
        },
        "kMeans": {
            "start": rounded(start, 9),
            "centres": rounded(same.cluster_centers_),
            "inertia": round(same.inertia_, 6),
            "best": round(best.inertia_, 6),
            "groups": same.labels_.tolist(),
        },
        "dbscan": {
            "labels": regions.labels_.tolist(),
            "cores": regions.core_sample_indices_.tolist(),
        },
        "forest": {
            "trainRows": train_x.tolist(),
            "trainTargets": train_y.tolist(),
            "testRows": test_x.tolist(),
            "testTargets": test_y.tolist(),
            "mean": rounded(mean, 4),
            "deviation": rounded(np.std(forests, axis=0, ddof=1), 4),
            "logLoss": round(log_loss(test_y, mean), 5),
            "auc": round(roc_auc_score(test_y, mean), 5),
            "tree": rounded(tree.predict_proba(test_x)[:, 1], 5),
        },
    },
    sys.stdout,
    separators=(",", ":"),
)
