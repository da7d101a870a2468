"""Writes test/vectors/preset_inputs.json: the pairs, each once, for the vectors of all tools.

    python make_inputs.py DATASETS test/vectors/preset_inputs.json

DATASETS holds nannyml_titanic (MIT, nannyml-datasets) and wine_quality (CC BY 4.0, UCI), as published.
"""

import sys

import inputs

datasets, target = sys.argv[1:]
meta = {
    "made_by": "bench/presets/make_inputs.py",
    "sources": {"titanic": "MIT, NannyML/nannyml-datasets", "wine": "CC BY 4.0, UCI Wine Quality, columns scaled to 0..1"},
}
inputs.write(target, meta, list(inputs.all_pairs(datasets)))
