package io.psycache.testsupport;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.springframework.asm.ClassReader;

/** Looks for SQL among the strings in a class file: literals, constants and the pieces of concatenations. */
final class ContainNoSql extends ArchCondition<JavaClass> {

    private static final Pattern SQL = Pattern.compile(
            "\\b(select\\s.*\\bfrom|insert\\s+into|update\\s+\\S+\\s+set|delete\\s+from|truncate|lock\\s+table|set\\s+local"
                    + "|(create|alter|drop)\\s+(unlogged\\s+)?(table|index|view|function|trigger)|pg_\\w+\\s*\\()\\b?",
            Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    /** Of an entry of the constant pool that is a string, in the class file format (JVMS 4.4). */
    private static final int CONSTANT_STRING = 8;

    ContainNoSql() {
        super("contain no SQL");
    }

    @Override
    public void check(JavaClass type, ConditionEvents events) {
        for (String string : strings(type)) {
            if (SQL.matcher(string).find()) {
                events.add(SimpleConditionEvent.violated(type, type.getName() + " contains SQL: " + string));
            }
        }
    }

    private static List<String> strings(JavaClass type) {
        try (InputStream file = type.getSource().orElseThrow().getUri().toURL().openStream()) {
            ClassReader reader = new ClassReader(file);
            char[] buffer = new char[reader.getMaxStringLength()];
            List<String> strings = new ArrayList<>();
            for (int i = 1; i < reader.getItemCount(); i++) {
                int item = reader.getItem(i);
                if (item > 0 && reader.readByte(item - 1) == CONSTANT_STRING) {
                    strings.add(reader.readUTF8(item, buffer));
                }
            }
            return strings;
        } catch (IOException e) {
            throw new UncheckedIOException("class file of " + type.getName(), e);
        }
    }
}
