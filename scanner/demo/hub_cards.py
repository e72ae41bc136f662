"""Cards of the sample Hub: one model that states all that a card can, what it was made from, and its data."""

from __future__ import annotations

_MODEL_CARD = """---
license: {license}
language: [en, de]
library_name: transformers
pipeline_tag: token-classification
tags: [named-entity-recognition, news]
base_model: larkspur/encoder
base_model_relation: finetune
datasets: [larkspur/news, larkspur/interviews]
co2_eq_emissions:
  emissions: 1240.5
  source: codecarbon
  training_type: fine-tuning
  geographical_location: Frankfurt, Germany
  hardware_used: 1 x A100
model-index:
- name: ner
  results:
  - task: {{type: token-classification, name: Named entities}}
    dataset: {{name: Larkspur News, type: larkspur/news, split: test}}
    metrics:
    - {{type: f1, value: 0.912, name: F1}}
    - {{type: precision, value: 0.921, verified: false}}
---
# Entity recogniser

Marks people, places and organisations in news articles.

## Intended use

Indexing of [news archives](https://example.org/archives), with a person who checks the result.

### Out-of-scope use

Decisions about the people who are named.

## Users

Archivists and editors.

## Limitations

Names in capital letters are often missed; German compounds are cut.

## Bias and risks

Names from outside Europe are found less often.

## Trade-offs

A smaller encoder would be faster by half, at the price of two points of F1.

## Training data

Articles of 2015 to 2020.

## Training procedure

Three epochs, learning rate 2e-5.

## Evaluation

Micro-averaged over entities of the test split.

## Environmental impact

Trained for eleven hours.

## Citation

See [the paper](https://arxiv.org/abs/1810.04805), doi: <https://doi.org/10.18653/v1/N19-1423>.

## Contact

models@larkspur.example
"""

BASE_CARD = """---
license: apache-2.0
library_name: transformers
pipeline_tag: feature-extraction
base_model: larkspur/pretrained
base_model_relation: finetune
---
# Encoder
"""

PRETRAINED_CARD = """---
license: mit
datasets: [larkspur/news]
---
# Pre-trained model
"""

DATA_CARD = """---
license: cc-by-4.0
pretty_name: Larkspur News
language: [en, de]
size_categories: [10K<n<100K]
task_categories: [token-classification]
annotations_creators: [expert-generated]
source_datasets: [original]
---
# Larkspur News

Articles with marked entities.
"""


def model_card(license_id: str) -> str:
    """The card of the recogniser, under this licence."""
    return _MODEL_CARD.format(license=license_id)
