package io.psycache.internal.near;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a process knows of the log, compared with all that there was. */
class EndedTests {
    private static final int GENERATION = 20_000;
    private static final int PREFIXES = 64;

    private static List<String> tags(String name, int count) {
        return IntStream.range(0, count).mapToObj(i -> "t:" + name + i).toList();
    }

    private static Ended full(Ended ended, String name) {
        return ended.with(tags(name, GENERATION));
    }

    private static boolean isValid(Ended ended, long since) {
        return ended.isValid(since, "key", List.of("t:tag"));
    }

    @Test
    void aKeyATagAndAPrefixEndWhatIsOlder() {
        for (String tag : List.of("k:key", "n:key", "t:tag", "p:ke", "p:")) {
            Ended ended = Ended.from(5).with(List.of("t:else", tag));
            assertThat(isValid(ended, 5)).as(tag).isFalse();
            assertThat(isValid(ended, 6)).as(tag).isTrue();
        }
    }

    @Test
    void whatIsOfSomethingElseEndsNothing() {
        Ended ended = Ended.from(5).with(List.of("t:key", "k:tag", "n:tag", "p:kez", "p:tag"));
        assertThat(isValid(ended, 5)).isTrue();
    }

    @Test
    void whatIsKnownBeforehandStaysAsItWas() {
        Ended before = Ended.from(5).with(List.of("t:else"));
        before.with(List.of("t:more"));
        assertThat(before.number()).isEqualTo(6);
        assertThat(isValid(before, 6)).isTrue();
    }

    @Test
    void newsBehindAFullGenerationAreRemembered() {
        Ended ended = full(Ended.from(1).with(List.of("t:tag")), "a").with(List.of("t:else"));
        assertThat(isValid(ended, 1)).isFalse();
        assertThat(isValid(ended, 2)).isTrue();
    }

    @Test
    void copiesOfTheTimeOfForgottenNewsAreInvalid() {
        Ended forgotten = full(full(Ended.from(1).with(List.of("t:tag")), "a"), "b");
        assertThat(isValid(forgotten, 1)).isFalse();
        assertThat(isValid(forgotten, 3)).isTrue();
    }

    /** Else the test above shows nothing: the news are indeed forgotten. */
    @Test
    void withoutTheFloorACopyOfThatTimeWouldBeValid() {
        Ended forgotten = full(full(Ended.from(1).with(List.of("t:tag")), "a"), "b");
        Ended broken = new Ended(
                forgotten.number(), 0, forgotten.youngFrom(), forgotten.young(), forgotten.old(), forgotten.prefixes());
        assertThat(isValid(broken, 1)).isTrue();
    }

    @Test
    void tooManyPrefixesEndAll() {
        Ended ended = Ended.from(1);
        for (int i = 0; i <= PREFIXES; i++) {
            ended = ended.with(List.of("p:else" + i));
        }
        assertThat(isValid(ended, ended.number() - 1)).isFalse();
        assertThat(isValid(ended, ended.number())).isTrue();
    }

    /** It may say that a copy is invalid which is not, and never the other way round. */
    @Test
    void nothingThatHasEndedIsValid() {
        Random random = new Random(7);
        Map<String, Long> all = new HashMap<>();
        Ended ended = Ended.from(1);
        for (int step = 0; step < 300; step++) {
            List<String> news = random.nextInt(20) == 0
                    ? tags("full" + step, GENERATION)
                    : List.of("t:" + random.nextInt(50), "k:" + random.nextInt(50));
            ended = ended.with(news);
            for (String tag : news) {
                all.put(tag, ended.number());
            }
            long since = 1 + random.nextInt((int) ended.number());
            String key = String.valueOf(random.nextInt(50));
            String tag = "t:" + random.nextInt(50);
            if (ended.isValid(since, key, List.of(tag))) {
                assertThat(all.getOrDefault("k:" + key, 0L)).isLessThanOrEqualTo(since);
                assertThat(all.getOrDefault(tag, 0L)).isLessThanOrEqualTo(since);
            }
        }
    }
}
