"""Write the honest files that only large libraries can make: ``python tests/corpus/make_real.py``.

They go into ``tests/corpus/real`` and are committed, so that the corpus needs none of these libraries:
torch, joblib, scikit-learn, scipy, pandas and lightgbm. All of them are what their users save every day.
"""

from __future__ import annotations

import pickle
import uuid
from collections import OrderedDict, defaultdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

TARGET = Path(__file__).parent / "real"


def estimators() -> dict[str, Any]:
    """Fitted estimators of scikit-learn and LightGBM."""
    import lightgbm
    import numpy as np
    from sklearn import ensemble, impute, linear_model, naive_bayes, preprocessing
    from sklearn.calibration import CalibratedClassifierCV
    from sklearn.cluster import KMeans
    from sklearn.compose import ColumnTransformer
    from sklearn.decomposition import PCA
    from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
    from sklearn.isotonic import IsotonicRegression
    from sklearn.model_selection import GridSearchCV, RandomizedSearchCV
    from sklearn.neighbors import KNeighborsClassifier
    from sklearn.neural_network import MLPClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.svm import SVC

    values = np.random.default_rng(1).random((60, 4))
    labels = (values[:, 0] > 0.5).astype(int)
    texts = ["aa bb cc", "dd ee"]
    logistic = linear_model.LogisticRegression()
    scaled = make_pipeline(preprocessing.StandardScaler(), logistic)
    logged = make_pipeline(preprocessing.FunctionTransformer(np.log1p), preprocessing.StandardScaler())
    columns = ColumnTransformer([("a", preprocessing.OneHotEncoder(), [0])], remainder="passthrough")
    from scipy import stats

    ridge = RandomizedSearchCV(linear_model.Ridge(), {"alpha": stats.uniform(0, 1)}, n_iter=2, cv=2)
    trees = lightgbm.LGBMClassifier(n_estimators=2, verbose=-1).fit(values, labels)
    return {
        "adaboost": ensemble.AdaBoostClassifier(n_estimators=2).fit(values, labels),
        "bagging": ensemble.BaggingClassifier(n_estimators=2).fit(values, labels),
        "calibrated": CalibratedClassifierCV(logistic, cv=2).fit(values, labels),
        "columns": columns.fit((values * 3).astype(int)),
        "counts": CountVectorizer().fit(texts),
        "forest": ensemble.RandomForestClassifier(3).fit(values, labels),
        "gradient": ensemble.GradientBoostingRegressor(n_estimators=3).fit(values, labels),
        "grid": GridSearchCV(SVC(), {"C": [1, 2]}, cv=2).fit(values, labels),
        "histogram": ensemble.HistGradientBoostingClassifier(max_iter=2).fit(values, labels),
        "imputer": impute.SimpleImputer().fit(values),
        "isotonic": IsotonicRegression().fit(values[:, 0], labels),
        "kmeans": KMeans(2, n_init=1).fit(values),
        "lightgbm": trees,
        "lightgbm-booster": trees.booster_,
        "logged": logged.fit(values),
        "neighbours": KNeighborsClassifier().fit(values, labels),
        "neighbours-imputer": impute.KNNImputer().fit(values),
        "network": MLPClassifier((4,), max_iter=5).fit(values, labels),
        "bayes": naive_bayes.GaussianNB().fit(values, labels),
        "ordinal": preprocessing.OrdinalEncoder().fit(values[:9]),
        "pca": PCA(2).fit(values),
        "pipeline": scaled.fit(values, labels),
        "power": preprocessing.PowerTransformer().fit(values),
        "quantile": preprocessing.QuantileTransformer(n_quantiles=10).fit(values),
        "random-search": ridge.fit(values, labels),
        "tfidf": TfidfVectorizer().fit(texts),
        "vote": ensemble.VotingClassifier([("a", logistic)]).fit(values, labels),
    }


def tables() -> dict[str, Any]:
    """Tables of pandas, and matrices, trees and distributions of scipy."""
    import numpy as np
    import pandas
    from scipy import interpolate, sparse, spatial, stats

    values = np.random.default_rng(1).random((20, 3))
    frame = pandas.DataFrame(
        {
            "a": [1, 2],
            "b": ["x", "y"],
            "c": pandas.to_datetime(["2020", "2021"]),
            "d": pandas.Categorical(["u", "v"]),
            "e": pandas.array([1, None], dtype="Int64"),
        }
    )
    return {
        "frame": frame,
        "series": frame["a"],
        "index": pandas.MultiIndex.from_tuples([(1, 2)]),
        "periods": pandas.period_range("2020", "2021", freq="M"),
        "zoned": pandas.Timestamp("2020", tz="Europe/Berlin"),
        "compressed-rows": sparse.csr_matrix(values),
        "coordinates": sparse.coo_matrix(values),
        "tree": spatial.cKDTree(values),
        "interpolation": interpolate.interp1d([0, 1], [0, 1]),
        "spline": interpolate.UnivariateSpline(range(6), range(6)),
        "gamma": stats.gamma(2.0),
        "ufunc": np.log1p,
        "masked": np.ma.array([1, 2], mask=[False, True]),  # type: ignore[no-untyped-call]
        "polynomial": np.polynomial.Polynomial([1, 2]),
    }


def checkpoints() -> None:
    """What training scripts save with torch."""
    import numpy as np
    import torch
    from torch.utils.data import TensorDataset

    torch.manual_seed(1)
    model = torch.nn.Sequential(torch.nn.Linear(4, 4), torch.nn.ReLU(), torch.nn.LSTM(4, 2))
    optimizer = torch.optim.AdamW(model.parameters())
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 5)
    training = {
        "model": model.state_dict(),
        "optimizer": optimizer.state_dict(),
        "schedule": schedule.state_dict(),
        "epoch": 3,
        "arguments": {"lr": 1e-3},
        "when": datetime(2024, 1, 2, tzinfo=UTC),
        "id": uuid.UUID(int=7),
        "generator": torch.zeros(8, dtype=torch.uint8),
        "loss": np.float64(3),
        "kinds": [torch.float16, torch.device("cpu"), torch.Size([1])],
        "more": [OrderedDict(a=1), defaultdict(list)],
    }
    tensors = [
        torch.quantize_per_tensor(torch.rand(3), 0.1, 0, torch.quint8),
        torch.rand(2).to_sparse(),
        torch.nn.Parameter(torch.rand(2)),
        torch.rand(2, dtype=torch.complex64),
    ]
    for name, value in {
        "training": training,
        "module": model,
        "tensors": tensors,
        "averaged": torch.optim.swa_utils.AveragedModel(torch.nn.Linear(2, 2)),
        "dataset": TensorDataset(torch.rand(3, 2)),
        "functions": {"act": torch.relu, "f": torch.nn.functional.gelu, "class": torch.nn.ReLU},
    }.items():
        torch.save(value, TARGET / f"{name}.pt")
        if name in ("training", "tensors"):  # of modules the old form holds the path of their source
            torch.save(value, TARGET / f"{name}.pth", _use_new_zipfile_serialization=False)


def main() -> None:
    import joblib

    TARGET.mkdir(exist_ok=True)
    for name, value in {**estimators(), **tables()}.items():
        (TARGET / f"{name}.pkl").write_bytes(pickle.dumps(value, 4))
    forest = estimators()["forest"]
    joblib.dump(forest, TARGET / "forest.joblib")
    joblib.dump(forest, TARGET / "forest-zlib.joblib", compress=3)
    joblib.dump(forest, TARGET / "forest-xz.joblib", compress=("xz", 3))
    joblib.dump(estimators()["histogram"], TARGET / "histogram.joblib")
    checkpoints()


if __name__ == "__main__":
    main()
