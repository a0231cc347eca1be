package io.psycache.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** Puts in place of each statement about entries the one that {@link EntryStatements} makes with other conditions. */
public final class StatementVariant implements UnaryOperator<String> {
    private static final Comparator<String> LONGEST_FIRST =
            Comparator.comparingInt(String::length).reversed().thenComparing(Comparator.naturalOrder());

    private final Map<String, String> variants = new TreeMap<>(LONGEST_FIRST);

    public StatementVariant(CacheTables tables, Validation conditions) {
        List<String> originals = texts(new EntryStatements(tables));
        List<String> others = texts(new EntryStatements(tables, conditions));
        for (int i = 0; i < originals.size(); i++) {
            if (!originals.get(i).equals(others.get(i))) {
                variants.put(originals.get(i), others.get(i));
            }
        }
        assertThat(variants).as("statements that have the condition").isNotEmpty();
    }

    private static List<String> texts(EntryStatements statements) {
        List<String> texts = new ArrayList<>();
        for (Field field : EntryStatements.class.getDeclaredFields()) {
            if (!Modifier.isStatic(field.getModifiers())) {
                addTexts(texts, value(field, statements));
            }
        }
        return texts;
    }

    private static void addTexts(List<String> texts, Object value) {
        if (value instanceof String text) {
            texts.add(text);
        } else if (value instanceof Map<?, ?> byKey) {
            byKey.values().forEach(each -> addTexts(texts, each));
        }
    }

    private static Object value(Field field, EntryStatements statements) {
        try {
            field.setAccessible(true);
            return field.get(statements);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public String apply(String sql) {
        for (Map.Entry<String, String> variant : variants.entrySet()) {
            if (sql.contains(variant.getKey())) {
                return sql.replace(variant.getKey(), variant.getValue());
            }
        }
        return sql;
    }
}
