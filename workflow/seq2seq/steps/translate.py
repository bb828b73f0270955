"""Steps of the translate stage: search, perplexity, and sentence vectors by trained models.

PyTorch is imported only where it is used: gathering translations need not wait for it.
"""

import heapq
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from seq2seq.config.decoding import TranslateSettings
from seq2seq.config.outputs import PhrasePanelSettings, PhrasePlotSettings
from seq2seq.data.vocabulary import Vocabulary, read_vocabulary, split
from seq2seq.evaluation.perplexity import LogProbabilities, write_log_probabilities
from seq2seq.evaluation.phrases import EncodedPhrases, PlotPhrase, write_encoded
from seq2seq.io.nbest import Hypothesis, read_hypotheses, write_hypotheses
from seq2seq.io.token_ids import read_token_dataset
from seq2seq.runtime.command_line import Json, ShardName, main_of, step_app
from seq2seq.runtime.logging import log
from seq2seq.runtime.shards import WHOLE
from seq2seq.special_tokens import SPECIALS, UNK_ID
from seq2seq.steps.flags import Ids, Ignored, Models

app = step_app("translate", "Trained models at work: translate, score references, encode phrases.")


@app.command
def translate_test(
    *,
    settings: Json[TranslateSettings],
    models: Models,
    beam: int,
    source: Ids,
    shard: ShardName = WHOLE,
    output: Path,
) -> None:
    """Translate the test set, or one shard of it, with one model or an ensemble."""
    from seq2seq.inference import model_folder
    from seq2seq.inference.beam_search import translate_sentences
    from seq2seq.inference.quantization import at_precision
    from seq2seq.model.device import best_device

    ensemble = model_folder.read_ensemble(models, best_device())
    loaded = [at_precision(model, settings.precision) for model in ensemble]
    vocabulary = read_vocabulary(models[0] / model_folder.VOCABULARIES["target"])
    sources = list(read_token_dataset(*source))
    found = translate_sentences(loaded, sources, settings, beam=beam, shard=shard)
    best = {number: translations[0] for number, translations in found.items()}
    rows = (
        Hypothesis(
            k, 1, (one.log_probability, one.complete), " ".join(vocabulary.decode(one.words))
        )
        for k, one in best.items()
    )
    write_hypotheses(output, ("log_probability", "complete"), rows)
    cut = sum(not one.complete for one in best.values())
    log.info(f"{len(best):,} translations in {output}, {cut} of them cut at the length limit")


@app.command
def gather_translations(*, parts: list[Path], output: Path) -> None:
    """Join the translations of several jobs into one file, in sentence order."""
    files = [read_hypotheses(path) for path in parts]
    rows = heapq.merge(*(file.rows for file in files), key=lambda row: (row.sentence, row.rank))
    write_hypotheses(output, files[0].score_names, rows)


@app.command
def score_perplexity(
    *, models: Models, source: Ids, target: Ids, ignore: Ignored, batch_size: int, output: Path
) -> None:
    """Score each reference of the test set by each model, for its perplexity (section 3.3)."""
    from seq2seq.inference import model_folder
    from seq2seq.inference.scoring import counted_words, log_probabilities
    from seq2seq.model.device import best_device

    sources, targets = list(read_token_dataset(*source)), list(read_token_dataset(*target))
    ignore_ids = [SPECIALS.index(word) for word in ignore]
    words = counted_words(targets, ignore_ids)
    scores: dict[str, LogProbabilities] = {}
    for folder in models:
        model = model_folder.read_model(folder, best_device())
        pairs = sources, targets, np.arange(len(targets))
        log_p = log_probabilities(model, *pairs, batch_size=batch_size, ignore_ids=ignore_ids)
        scores[model.name] = LogProbabilities(words, log_p)
        log.info(f"{model.name}: test perplexity {scores[model.name].perplexity:.2f}")
    write_log_probabilities(output, scores)


@app.command
def encode_phrases(*, settings: Json[PhrasePlotSettings], model: Path, output: Path) -> None:
    """Encode phrases and keep the encoder's final states, for the paper's Figure 2."""
    from seq2seq.data.tokenizer import tokenize
    from seq2seq.inference import model_folder
    from seq2seq.inference.scoring import sentence_vectors
    from seq2seq.model.device import best_device

    trained = model_folder.read_model(model, best_device())
    vocabulary = read_vocabulary(model / model_folder.VOCABULARIES["source"])
    language, _, kind = model_folder.read_languages(model)

    def tokens(text: str) -> list[str]:
        return split(tokenize(text, language, kind))

    phrases = [one for panel in settings.panels for one in _phrases(panel, vocabulary, tokens)]
    ids = [vocabulary.encode(tokens(phrase.text)) for phrase in phrases]
    states = sentence_vectors(trained, [np.array(words, dtype=np.int32) for words in ids])
    write_encoded(output, EncodedPhrases(trained.name, tuple(phrases), states))
    if unknown := sorted({token for phrase in phrases for token in phrase.unknown}):
        log.info(f"{trained.name} does not know: {' '.join(unknown)}")
    log.info(f"{len(phrases)} phrases, {states.shape[1]:,} numbers each, in {output}")


def _phrases(
    panel: PhrasePanelSettings, vocabulary: Vocabulary, tokens: Callable[[str], list[str]]
) -> Iterator[PlotPhrase]:
    for meaning, phrases in enumerate(panel.meanings):
        for construction, (text, voice) in enumerate(zip(phrases, panel.voices, strict=True)):
            unknown = tuple(t for t in tokens(text) if UNK_ID in vocabulary.encode([t]))
            yield PlotPhrase(panel.title, meaning, construction, voice, text, unknown)


main_of(app, __name__)
