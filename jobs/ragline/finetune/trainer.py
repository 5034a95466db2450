"""Train a sentence-transformers model on examples of queries and passages."""

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ragline.config.finetune import FinetuneSettings
from ragline.finetune.training_set import Example
from ragline.runtime.progress import progress
from ragline.runtime.quiet import quiet_libraries

log = logging.getLogger(__name__)


def train(base: Path, examples: Sequence[Example], settings: FinetuneSettings, device: str, target: Path) -> dict[str, float]:
    """Fine-tune the model in ``base``, write it to ``target``, return the trainer's figures.

    The loss contrasts each passage with the others of its batch (multiple negatives ranking, Henderson et al. 2017,
    https://arxiv.org/abs/1705.00652), and with its own hard negative where it has one. Seeded, so that one machine
    gives one result.
    """
    quiet_libraries()
    # After quiet_libraries: these libraries read its variables when they are imported.
    from sentence_transformers import SentenceTransformer, SentenceTransformerTrainer, SentenceTransformerTrainingArguments
    from sentence_transformers.base.sampler import BatchSamplers
    from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss

    datasets = _datasets(examples)
    steps = sum(-(-len(part) // settings.batch_size) for part in datasets.values()) * settings.epochs
    model = SentenceTransformer(str(base), device=None if device == "auto" else device, local_files_only=True)
    arguments = SentenceTransformerTrainingArguments(
        output_dir=str(target.with_name(f"{target.name}.trainer")),
        num_train_epochs=settings.epochs,
        per_device_train_batch_size=settings.batch_size,
        learning_rate=settings.learning_rate,
        warmup_steps=steps // 10,  # the first step of a warm-up learns nothing, so a short training has none
        batch_sampler=BatchSamplers.NO_DUPLICATES,
        seed=settings.seed,
        data_seed=settings.seed,
        save_strategy="no",
        report_to=[],
        disable_tqdm=True,
        logging_strategy="no",
        dataloader_pin_memory=False,
        use_cpu=device == "cpu",
    )
    trainer = SentenceTransformerTrainer(
        model=model, args=arguments, train_dataset=datasets, loss=MultipleNegativesRankingLoss(model)
    )
    with progress("training steps", steps) as advance:
        trainer.add_callback(_on_step(advance))
        result = trainer.train()
    model.save_pretrained(str(target), create_model_card=False)
    return {"train_loss": float(result.training_loss), "steps": float(result.global_step)}


def _datasets(examples: Sequence[Example]) -> Any:
    """One dataset with hard negatives, one without: their columns differ, so their batches do."""
    from datasets import Dataset, DatasetDict

    plain = [example for example in examples if example.negative is None]
    hard = [example for example in examples if example.negative is not None]
    parts = {}
    if plain:
        parts["pairs"] = Dataset.from_dict({"anchor": [e.query for e in plain], "positive": [e.positive for e in plain]})
    if hard:
        parts["triplets"] = Dataset.from_dict(
            {
                "anchor": [e.query for e in hard],
                "positive": [e.positive for e in hard],
                "negative": [e.negative for e in hard],
            }
        )
    return DatasetDict(parts)


def _on_step(advance: Any) -> Any:
    from transformers import TrainerCallback

    class StepProgress(TrainerCallback):  # type: ignore[misc]
        def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
            advance(1)

    return StepProgress()
