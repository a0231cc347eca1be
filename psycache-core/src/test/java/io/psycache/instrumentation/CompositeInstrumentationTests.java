package io.psycache.instrumentation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.psycache.instrumentation.CacheInstrumentation.Span;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CompositeInstrumentationTests {

    private final List<String> told = new ArrayList<>();

    @Test
    void everyObserverIsToldOfAQueuedValueAndWhatTheLanesSend() {
        CacheInstrumentation all =
                new CompositeInstrumentation(List.of(new Observer("1"), new CacheInstrumentation() {}, hashing("2")));
        try (Span span = all.startSpan(Operation.PUT, List.of("abc"), null)) {
            span.recordQueued(7);
        }
        all.recordLaneWait(Operation.INCREMENT, 5);
        all.recordBatch(Operation.GET, 3);

        assertThat(told)
                .containsExactly(
                        "1 PUT [abc]",
                        "2 PUT [ba7816bf8f01cfea]",
                        "1 queued 7",
                        "2 queued 7",
                        "1 INCREMENT 5",
                        "2 INCREMENT 5",
                        "1 GET 3",
                        "2 GET 3");
    }

    private CacheInstrumentation hashing(String name) {
        return new KeyHashingInstrumentation(new Observer(name));
    }

    @Test
    void withoutObserversNothingHappens() {
        try (Span span = new CompositeInstrumentation(List.of()).startSpan(Operation.PUT, List.of("k"), null)) {
            assertThatCode(() -> span.recordQueued(7)).doesNotThrowAnyException();
        }
    }

    private final class Observer implements CacheInstrumentation {
        private final String name;

        Observer(String name) {
            this.name = name;
        }

        @Override
        public Span startSpan(Operation operation, List<String> keys, String spanName) {
            told.add(name + " " + operation + " " + keys);
            return new Span() {
                @Override
                public void recordQueued(int jsonSize) {
                    told.add(name + " queued " + jsonSize);
                }
            };
        }

        @Override
        public void recordLaneWait(Operation operation, long nanos) {
            told.add(name + " " + operation + " " + nanos);
        }

        @Override
        public void recordBatch(Operation operation, int keys) {
            told.add(name + " " + operation + " " + keys);
        }
    }
}
