package io.psycache.codec;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.psycache.testsupport.TestDatabase;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.jdbc.core.JdbcTemplate;

/** What each codec does, with a real {@code jsonb} between encoding and decoding. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class CacheCodecContract {
    private final CacheCodec codec = codec();

    @RegisterExtension
    private final TestDatabase database = TestDatabase.create();

    private final JdbcTemplate jdbc = new JdbcTemplate(database.dataSource());

    abstract CacheCodec codec();

    /** A codec of an application's mapper that writes class names, and names, dates and enums in its own way. */
    abstract CacheCodec ofOpinionatedMapper();

    static Stream<EqualValues.Case> equalValues() {
        return EqualValues.all();
    }

    static Stream<RefusedValues.Case> refusedValues() {
        return RefusedValues.all();
    }

    @ParameterizedTest
    @MethodSource("equalValues")
    void comesBackEqualFromJsonb(EqualValues.Case sample) throws CodecException {
        assertComesBackEqual(codec, sample);
    }

    @ParameterizedTest
    @MethodSource("equalValues")
    void comesBackEqualWithAnOpinionatedMapper(EqualValues.Case sample) throws CodecException {
        assertComesBackEqual(ofOpinionatedMapper(), sample);
    }

    private void assertComesBackEqual(CacheCodec used, EqualValues.Case sample) throws CodecException {
        String json = text(used.encode(sample.value(), sample.type()));
        Object copy = used.decode(throughJsonb(json), sample.type());
        assertThat(StateComparison.between(sample.value(), copy)).as(json).isNull();
        assertThat(json).doesNotContain("@class").doesNotContain("java.").doesNotContain("io.psycache");
    }

    @ParameterizedTest
    @MethodSource("refusedValues")
    void refusesWhatWouldNotComeBackEqual(RefusedValues.Case sample) {
        assertThatExceptionOfType(CodecException.class)
                .isThrownBy(() -> codec.encode(sample.value(), sample.type()))
                .satisfies(e -> assertThat(e.getMessage()).contains(sample.message()));
    }

    @Test
    void jsonIsClean() throws CodecException {
        assertThat(text(codec.encode(new Samples.User(1, "Ann", List.of("a")), Samples.User.class)))
                .isEqualTo("{\"id\":1,\"name\":\"Ann\",\"roles\":[\"a\"]}");
        assertThat(text(codec.encode(1.0E7, double.class))).isEqualTo("10000000.0");
        assertThat(text(codec.encode(new Samples.Circle(Double.NaN), Samples.Circle.class)))
                .isEqualTo("{\"radius\":\"NaN\"}");
    }

    @Test
    void jsonbReturnsNumbersAsTheyAreWritten() throws CodecException {
        for (Object number :
                List.of(1.0E7, 4.9E-324, Double.MAX_VALUE, 1.0E10f, 0.1, new java.math.BigDecimal("1E-20"))) {
            String json = text(codec.encode(number, number.getClass()));
            assertThat(text(throughJsonb(json))).isEqualTo(json);
        }
    }

    @Test
    void nullIsJsonNullAndAnEmptyOptional() throws CodecException {
        Type optional = new ParameterizedTypeReference<Optional<Samples.User>>() {}.getType();
        assertThat(text(codec.encode(null, Samples.User.class))).isEqualTo("null");
        assertThat(text(codec.encode(Optional.empty(), optional))).isEqualTo("null");
        assertThat(codec.decode(bytes("null"), optional)).isEqualTo(Optional.empty());
        assertThat(codec.decode(bytes("null"), Samples.User.class)).isNull();
    }

    @Test
    void aClassThatChangedIsAnError() {
        assertUnreadable("{\"from\":1,\"to\":2,\"step\":3}", Samples.Range.class, "step");
        assertUnreadable("{\"from\":1}", Samples.Range.class, "to");
        assertUnreadable("{\"from\":1,\"to\":null}", Samples.Range.class, "$.to");
        assertUnreadable("{\"from\":2,\"to\":1}", Samples.Range.class, "from > to");
        assertUnreadable("\"FRIDAY\"", Samples.Weekday.class, "FRIDAY");
        assertUnreadable("[1]", Samples.User.class, "User");
        assertUnreadable("1 2", Integer.class, "railing");
    }

    @Test
    void theJsonOfAWrongTypeNamesItsPath() {
        assertUnreadable(
                "[{\"id\":1,\"name\":\"Ann\",\"roles\":[]},{\"id\":\"x\",\"name\":\"Bob\",\"roles\":[]}]",
                new ParameterizedTypeReference<List<Samples.User>>() {}.getType(),
                "$[1].id: ");
    }

    private void assertUnreadable(String json, Type type, String message) {
        assertThatExceptionOfType(CodecException.class)
                .isThrownBy(() -> codec.decode(bytes(json), type))
                .satisfies(e -> assertThat(e.getMessage()).contains(message));
    }

    @Test
    void untypedMapsComeBackAsTheyWere() throws CodecException {
        Map<String, Object> value =
                Map.of("i", 1, "l", 1L << 40, "d", 1.5, "s", "x", "b", true, "list", List.of(1, "a"));
        assertThat(codec.decode(throughJsonb(text(codec.encode(value, Object.class))), Object.class))
                .isEqualTo(value);
    }

    private byte[] throughJsonb(String json) {
        return bytes(requireNonNull(jdbc.queryForObject("select (?::jsonb)::text", String.class, json)));
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
