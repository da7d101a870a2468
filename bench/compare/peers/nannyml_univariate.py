"""NannyML's univariate drift with its defaults, the current rows as ten chunks as its rule needs them."""

import sys

from report import Clock, read

clock = Clock()
import nannyml

clock.stage("import")
reference, current = read(sys.argv[1]), read(sys.argv[2])
clock.stage("read")
calculator = nannyml.UnivariateDriftCalculator(
    column_names=list(reference.columns),
    chunk_number=10,
)
calculator.fit(reference)
results = calculator.calculate(current)
frame = results.filter(period="analysis").to_df()
clock.stage("compare")
drifted = sum(
    bool(frame[column].any()) for column in frame.columns if column[-1] == "alert"
)
clock.finish({"nannyml": nannyml.__version__}, int(drifted))
