"""A sentence-transformers model of a few kilobytes with random weights: a real one whose vectors mean nothing."""

from collections.abc import Iterable
from pathlib import Path

_VOCABULARY, _DIMENSION = 400, 16


def write_tiny_model(folder: Path, texts: Iterable[str], seed: int = 7) -> None:
    """Write a BERT of one layer with a WordPiece vocabulary of these texts; a seed always gives the same weights."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.models import Normalize, Pooling, Transformer
    from tokenizers import BertWordPieceTokenizer
    from transformers import BertConfig, BertModel, BertTokenizerFast

    torch.manual_seed(seed)
    bert = folder.with_name(f"{folder.name}.bert")
    tokenizer = BertWordPieceTokenizer(lowercase=True)
    tokenizer.train_from_iterator(list(texts), vocab_size=_VOCABULARY, min_frequency=1)
    bert.mkdir(parents=True)
    tokenizer.save_model(str(bert))
    config = BertConfig(
        vocab_size=_VOCABULARY,
        hidden_size=_DIMENSION,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=258,
    )
    BertModel(config, add_pooling_layer=False).save_pretrained(bert)
    BertTokenizerFast(vocab_file=str(bert / "vocab.txt"), do_lower_case=True, model_max_length=256).save_pretrained(bert)
    transformer = Transformer(str(bert), max_seq_length=256)
    SentenceTransformer(modules=[transformer, Pooling(_DIMENSION), Normalize()], device="cpu").save(str(folder))
