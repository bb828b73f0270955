"""The adjectives and names of the embedded corpus (notation: ``lexicon_nouns``)."""

ADJECTIVES = {
    "micro": """
big|grand|before|patl
small|petit|before|patxfl
old|vieux|before|patxl
beautiful|beau|before|patxl
new|nouveau|before|txl
red|rouge|after|tf
happy|heureux|after|pa
famous|célèbre|after|pxl
""",
    "small": """
tired|fatigué|after|pa
green|vert|after|tf
young|jeune|before|pa
good|bon|before|pxf
bad|mauvais|before|pxf
black|noir|after|ta
white|blanc|after|ta
sad|triste|after|pax
strong|fort|after|pa
expensive|cher|after|txf
interesting|intéressant|after|xpl
quiet|tranquille|after|pal
""",
    "full": """
pretty|joli|before|ptl
long|long|before|xt
absent|absent|after|p
angry|furieux|after|pa
blue|bleu|after|t
careful|prudent|after|p
clean|propre|after|tl
clever|intelligent|after|pa
cold|froid|after|fl
cruel|cruel|after|pa
curious|curieux|after|pa
dangerous|dangereux|after|pal
dirty|sale|after|tpal
easy|facile|after|x
empty|vide|after|tl
faithful|fidèle|after|pa
fragile|fragile|after|t
free|libre|after|pa
generous|généreux|after|p
heavy|lourd|after|t
honest|honnête|after|p
hot|chaud|after|f
jealous|jaloux|after|p
kind|gentil|after|p
lazy|paresseux|after|pa
nervous|nerveux|after|pa
patient|patient|after|p
perfect|parfait|after|txf
polite|poli|after|p
poor|pauvre|after|pl
proud|fier|after|p
ready|prêt|after|p
rich|riche|after|pl
sick|malade|after|pa
strange|étrange|after|patxl
useful|utile|after|tx
wet|mouillé|after|at
wise|sage|after|p
wonderful|merveilleux|after|pxfl
yellow|jaune|after|tf
""",
}

NAMES = {
    "micro": "Mary|f\nJohn|m\nAlice|f\nPeter|m",
    "small": "Anna|f\nPaul|m\nSophie|f\nThomas|m",
    "full": (
        "Emma|f\nOscar|m\nLaura|f\nDavid|m\nIrene|f\nEric|m\nJulia|f\nMartin|m\nNora|f\n"
        "Robert|m\nVictoria|f\nSimon|m"
    ),
}
