package io.psycache.spring.tags;

import java.util.List;
import java.util.stream.Stream;
import org.springframework.expression.EvaluationContext;

/** The templates of one annotation of a method. */
record TagTemplates(List<TagTemplate> templates) {

    static TagTemplates parse(String[] templates, ExpressionPlace place, MethodExpressions expressions) {
        return new TagTemplates(Stream.of(templates)
                .map(template -> new TagTemplate(template, place, expressions))
                .toList());
    }

    /** @throws ExpressionPlace.ExpressionException if one can't be evaluated */
    List<String> tags(EvaluationContext context) {
        return templates.stream()
                .flatMap(template -> template.tags(context).stream())
                .toList();
    }
}
