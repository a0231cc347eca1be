package io.psycache.testsupport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder.request;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

class ClosingExtensionTests {
    private static final List<String> CLOSED = new ArrayList<>();

    private static final class Recorder extends ClosingExtension {
        void open(String name) {
            closing(() -> CLOSED.add(name));
        }

        @Override
        protected void afterSharedTest() {
            CLOSED.add("|");
        }
    }

    /** The number of its tests that fail. */
    private static long run(Class<?> tests) {
        CLOSED.clear();
        SummaryGeneratingListener listener = new SummaryGeneratingListener();
        LauncherFactory.create().execute(request().selectors(selectClass(tests)).build(), listener);
        assertThat(listener.getSummary().getTestsFoundCount()).isPositive();
        return listener.getSummary().getTotalFailureCount();
    }

    @Test
    void inAnInstanceFieldItClosesAllAfterEachTestTheLastOneFirst() {
        assertThat(run(OfTheInstance.class)).isZero();
        assertThat(CLOSED)
                .containsExactly(
                        "after each", "test", "before each", "field", "after each", "test", "before each", "field");
    }

    static class OfTheInstance {
        @RegisterExtension
        private final Recorder recorder = new Recorder();

        OfTheInstance() {
            recorder.open("field");
        }

        @BeforeEach
        void open() {
            recorder.open("before each");
        }

        @AfterEach
        void close() {
            CLOSED.add("after each");
        }

        @Test
        void first() {
            recorder.open("test");
        }

        @Test
        void second() {
            recorder.open("test");
        }
    }

    @Test
    void inAStaticFieldItKeepsWhatTheClassOpened() {
        assertThat(run(OfTheClass.class)).isZero();
        assertThat(CLOSED)
                .containsExactly("test", "field", "|", "test", "field", "|", "after all", "before all", "static field");
    }

    static class OfTheClass {
        @RegisterExtension
        private static final Recorder recorder = new Recorder();

        static {
            recorder.open("static field");
        }

        OfTheClass() {
            recorder.open("field");
        }

        @BeforeAll
        static void open() {
            recorder.open("before all");
        }

        @AfterAll
        static void close() {
            CLOSED.add("after all");
        }

        @Test
        void first() {
            recorder.open("test");
        }

        @Test
        void second() {
            recorder.open("test");
        }
    }

    @Test
    void ofAnInstanceForAllTestsItKeepsWhatTheInstanceOpened() {
        assertThat(run(OfOneInstance.class)).isZero();
        assertThat(CLOSED).containsExactly("test", "|", "test", "|", "before all", "field");
    }

    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    static class OfOneInstance {
        @RegisterExtension
        private final Recorder recorder = new Recorder();

        OfOneInstance() {
            recorder.open("field");
        }

        @BeforeAll
        void open() {
            recorder.open("before all");
        }

        @Test
        void first() {
            recorder.open("test");
        }

        @Test
        void second() {
            recorder.open("test");
        }
    }

    @Test
    void itClosesWhatATestOpenedThatFails() {
        assertThat(run(Failing.class)).isOne();
        assertThat(CLOSED).containsExactly("before each");
    }

    static class Failing {
        @RegisterExtension
        private final Recorder recorder = new Recorder();

        @BeforeEach
        void open() {
            recorder.open("before each");
            throw new IllegalStateException("not ready");
        }

        @Test
        void isNotRun() {
            recorder.open("test");
        }
    }

    @Test
    void itClosesTheOthersWhereOneFails() {
        CLOSED.clear();
        Recorder recorder = new Recorder();
        recorder.open("first");
        recorder.closing(() -> {
            throw new IllegalArgumentException("stuck");
        });
        recorder.open("last");

        assertThatIllegalStateException()
                .isThrownBy(recorder::close)
                .satisfies(failure -> assertThat(failure.getSuppressed()).hasSize(1));
        assertThat(CLOSED).containsExactly("last", "first");
    }
}
