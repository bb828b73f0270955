"""The baseline's language model: our own, or a user's, whose file takes its place."""

if settings.baseline.arpa:

    rule import_language_model:
        """A user's n-grams, an ARPA file, as a table that jobs share."""
        input:
            settings.baseline.arpa,
        output:
            multiext("<results>/baseline/language_model.", "words.txt", "ngrams.npy"),
        log:
            "<logs>/baseline/import_language_model.log",
        benchmark:
            "<benchmarks>/baseline/import_language_model.tsv"
        conda:
            "../../envs/text.yaml"
        resources:
            mem_mb=by_input(1000, per_mb=15),
            runtime=by_input(20, per_mb=0.1),
        shell:
            "python -m seq2seq.steps.baseline import-language-model"
            " --arpa {input:q} --output {output:q} 2>&1 | tee {log:q}"

else:

    rule estimate_language_model:
        """N-grams of the target side, interpolated modified Kneser-Ney, as a table that jobs share."""
        input:
            "<results>/baseline/text/target.txt",
        output:
            multiext("<results>/baseline/language_model.", "words.txt", "ngrams.npy"),
        log:
            "<logs>/baseline/estimate_language_model.log",
        benchmark:
            "<benchmarks>/baseline/estimate_language_model.tsv"
        conda:
            "../../envs/text.yaml"
        resources:
            mem_mb=by_input(1000, per_mb=10),
            runtime=by_input(20, per_mb=0.1),
        params:
            order=settings.baseline.lm_order,
            pruned=pruned_order,
        shell:
            "python -m seq2seq.steps.baseline estimate-language-model --order {params.order}"
            " {params.pruned:q} --target {input:q} --output {output:q} 2>&1 | tee {log:q}"
