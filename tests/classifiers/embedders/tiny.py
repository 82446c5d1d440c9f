"""A sentence-transformers model of a few kilobytes, made on the spot: any folder must work."""

from pathlib import Path

WORDS = ["the", "app", "crashes", "on", "start", "how", "do", "i", "pay", "##s", "##ing", "."]


def make_model(folder: Path) -> Path:
    """Write a small BERT with mean pooling into a folder."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizer

    inner = folder / "inner"
    inner.mkdir(parents=True)
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS]
    torch.manual_seed(1)
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=32,
    )
    BertModel(config).save_pretrained(inner)
    numbers = {word: number for number, word in enumerate(vocabulary)}
    BertTokenizer(vocab=numbers).save_pretrained(inner)
    transformer = Transformer(str(inner), max_seq_length=32)
    model = SentenceTransformer(modules=[transformer, Pooling(16)], device="cpu")
    model.save_pretrained(str(folder / "model"), create_model_card=False)
    return folder / "model"
