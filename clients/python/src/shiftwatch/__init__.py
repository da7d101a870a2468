"""Logs predictions and labels to shiftwatch, and compares data frames.

For example::

    from shiftwatch import Client, compare

    client = Client("http://localhost:8080")
    loan = client.log_prediction(model="credit-risk", features={"age": 42}, prediction="approve")
    client.log_label(model="credit-risk", prediction_id=loan, label="deny")

    compare(training, last_week).fail_on_shift("data_fault")
"""

from ._client import Client
from ._compare import CompareError, Comparison, compare
from ._holdout import in_holdout
from ._rest import ApiError, ShiftFound

__all__ = ["ApiError", "Client", "CompareError", "Comparison", "ShiftFound", "compare", "in_holdout"]
__version__ = "0.1.0"
