package io.psycache.spring.types;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Type;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.core.ResolvableType;

class TypeNamesTests {
    private static final String HERE = TypeNamesTests.class.getName();

    private final TypeNames names =
            new TypeNames(List.of("io.psycache.spring"), getClass().getClassLoader());

    record User(long id) {}

    record Box<T>(T content) {}

    static boolean initialized;

    static class Initialized {
        static {
            initialized = true;
        }
    }

    static List<ParameterizedTypeReference<?>> types() {
        return List.of(
                new ParameterizedTypeReference<User>() {},
                new ParameterizedTypeReference<List<User>>() {},
                new ParameterizedTypeReference<Map<Long, List<User>>>() {},
                new ParameterizedTypeReference<Box<User[]>>() {},
                new ParameterizedTypeReference<Box<List<User>>[][]>() {},
                new ParameterizedTypeReference<long[]>() {},
                new ParameterizedTypeReference<Box<byte[]>>() {},
                new ParameterizedTypeReference<String>() {});
    }

    @ParameterizedTest
    @MethodSource("types")
    void aTypeIsReadBackFromItsName(ParameterizedTypeReference<?> reference) {
        Type type = TypeNames.canonical(ResolvableType.forType(reference));
        assertThat(names.parse(type.getTypeName())).isEqualTo(type);
    }

    @Test
    void wildcardsAndVariablesBecomeTheirBounds() {
        assertThat(canonical(new ParameterizedTypeReference<List<? extends User>>() {}))
                .isEqualTo("java.util.List<" + HERE + "$User>");
        assertThat(canonical(new ParameterizedTypeReference<List<?>>() {}))
                .isEqualTo("java.util.List<java.lang.Object>");
    }

    private static String canonical(ParameterizedTypeReference<?> reference) {
        return TypeNames.canonical(ResolvableType.forType(reference)).getTypeName();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "javax.naming.InitialContext",
                "java.lang.Runtime",
                "java.lang.ProcessBuilder",
                "java.lang.Class",
                "com.example.Unknown",
                "io.psycache.spring.NotThere",
                "io.psycache.springs.User",
                "int",
                "java.util.List<",
                "java.util.List<>",
                "java.util.List<java.lang.String",
                "java.util.List<java.lang.String>>",
                "java.util.List<java.lang.String, java.lang.String>",
                "java.util.List<int>",
                "java.util.List<javax.naming.InitialContext>",
                "java.util.Map<java.lang.String>",
                "java.lang.String<java.lang.String>",
                "java.util.Map<java.lang.String>, java.util.List<java.lang.String>",
                "java.util.Map<java.util.List<java.lang.String>>, java.lang.String>",
                "java.util.Map<java.lang.String,java.lang.String>",
                "java.util.List<java.lang.String>x",
                "java.lang.String[",
                "java.lang.String[]x",
                "[Ljava.lang.String;",
                "[J",
                "[J[]",
                "void[]",
                "java.lang.String; drop table psycache",
                "../../etc/passwd"
            })
    void aHostileNameIsNoType(String name) {
        assertThat(names.parse(name)).isNull();
    }

    @Test
    void typesOfTheJdkNeedNoTrust() {
        TypeNames trustsNothing = new TypeNames(List.of(), getClass().getClassLoader());
        assertThat(JdkTypes.NAMES)
                .allSatisfy(name -> assertThat(trustsNothing.parse(name))
                        .isInstanceOfSatisfying(
                                Class.class, type -> assertThat(type.getName()).isEqualTo(name)));
    }

    @Test
    void anEndlessNameIsNoType() {
        assertThat(names.parse("java.util.List<".repeat(1_000))).isNull();
        assertThat(names.parse("java.util.List<".repeat(60) + "java.lang.String" + ">".repeat(60)))
                .isNull();
        assertThat(names.parse("a".repeat(10_000))).isNull();
        assertThat(names.parse("java.lang.String" + "[]".repeat(300))).isNull();
    }

    @Test
    void aNamedClassIsNotInitialised() {
        assertThat(names.parse(HERE + "$Initialized")).isNotNull();
        assertThat(initialized).isFalse();
    }

    @Test
    void aDeclaredTypeIsTrustedFromThenOn() {
        TypeNames trustsNothing = new TypeNames(List.of(), getClass().getClassLoader());
        String name = "java.util.List<" + HERE + "$User>";
        assertThat(trustsNothing.parse(name)).isNull();
        trustsNothing.declare(TypeNames.parameterized(List.class, User.class));
        assertThat(trustsNothing.parse(name)).hasToString(name);
    }
}
