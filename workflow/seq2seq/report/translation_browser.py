"""The fixed parts of the page of translations: its head with the style, and its script.

Words that are not in the reference are both coloured and underlined, so that the mark shows without
colour and in print.  Sentences out of sight are not laid out, which keeps thousands of them fluent.
"""

HEAD = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Translations of the test set</title>
<meta name="viewport" content="width=device-width">
<style>
body{font:15px/1.4 sans-serif;margin:1em auto;padding:0 1em;max-width:75em;color:#000;background:#fff}
form{position:sticky;top:0;background:#fff;padding:.5em 0;border-bottom:1px solid #000;
display:flex;flex-wrap:wrap;gap:.4em 1em;align-items:center}
form[hidden]{display:none}
select{max-width:16em}
article{content-visibility:auto;contain-intrinsic-size:auto 16em;border-bottom:1px solid #ddd;
padding:.7em 0}
h2{font-size:1em;margin:0;float:left;min-width:3.5em;color:#555}
p.s,p.r{margin:0 0 .3em 3.5em}
p.r{font-weight:bold}
dl{display:grid;grid-template-columns:15em 1fr;gap:.15em 1em;margin:.3em 0 0 3.5em}
dt{color:#555}
dt b{float:right;font-weight:normal;color:#000;font-variant-numeric:tabular-nums}
dd{margin:0}
mark{background:#fff1d6;color:inherit;text-decoration:underline dotted #a33a00;
text-underline-offset:.2em}
@media(max-width:45em){h2{float:none}p.s,p.r,dl{margin-left:0}dl{display:block}dd{margin:0 0 .5em}}
@media print{form{display:none}article{content-visibility:visible;break-inside:avoid}}
</style></head><body>
<h1>Translations of the test set</h1>
<p>Under each source sentence the reference in bold, then the systems with the BLEU of the sentence,
smoothed, as Moses tokens. <mark>Marked</mark> words are not in the reference; that alone does not
make them wrong. UNK stands for a word the model does not know.</p>"""

SCRIPT = """
const form = document.forms[0], main = document.querySelector('main');
const sentences = [...main.children].map(article => ({
  article, text: article.textContent.toLowerCase(),
  line: +article.dataset.line, length: +article.dataset.length,
  bleu: article.dataset.bleu.split(' ').map(Number)}));
const field = name => document.getElementById(name);
function value(sentence) {
  const by = field('by').value, less = field('less').value;
  if (by !== 'bleu') return sentence[by];
  return sentence.bleu[+field('of').value] - (less === '' ? 0 : sentence.bleu[+less]);
}
function show() {
  const wanted = field('find').value.toLowerCase(), sign = field('down').checked ? -1 : 1;
  const found = sentences.filter(sentence => sentence.text.includes(wanted));
  found.sort((a, b) => sign * (value(a) - value(b)) || a.line - b.line);
  main.replaceChildren(...found.map(sentence => sentence.article));
  field('count').textContent = `${found.length} of ${sentences.length} sentences`;
}
form.addEventListener('input', show);
form.addEventListener('submit', event => event.preventDefault());
form.hidden = false;
show();
"""
