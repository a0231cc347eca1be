package io.psycache.internal.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.psycache.instrumentation.CacheInstrumentation;
import io.psycache.internal.backend.Backend.Verdict;
import io.psycache.internal.store.CacheTables;
import io.psycache.internal.store.Entry;
import io.psycache.internal.store.EntryReads;
import io.psycache.internal.store.EntryWrites;
import io.psycache.internal.store.Put;
import io.psycache.internal.store.session.Session;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The queue: what is stored in which batches, and what is dropped. */
class WriteBehindTests {
    private static final CacheTables TABLES = new CacheTables("", "psycache");

    private static final String BAD = "bad";

    private final CountDownLatch started = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);
    private final Statements statements = new Statements();
    private final WriteBehind behind = new WriteBehind(
            new EntryWrites(TABLES, new EntryReads(TABLES, false)),
            statements,
            Duration.ofSeconds(10),
            () -> false,
            statements,
            (entry, refused) -> refused,
            () -> (entry, size) -> {},
            false);

    /** Takes each statement for done, and notes its keys. */
    private final class Statements implements Session, CacheInstrumentation {
        private final List<List<String>> stored = new CopyOnWriteArrayList<>();
        private final List<String> keys = new ArrayList<>();

        @Override
        public Span startDeferredPutSpan(List<String> named, @Nullable String spanName) {
            if (Thread.currentThread().getName().equals("psycache-writer")) {
                keys.addAll(named);
            }
            return Span.NONE;
        }

        @Override
        @SuppressWarnings("unchecked") // the sizes of what is stored
        public <T extends @Nullable Object> T run(String task, Work<T> work) {
            List<String> batch = List.copyOf(keys);
            keys.clear();
            started.countDown();
            hold();
            if (batch.contains(BAD)) {
                throw new IllegalStateException("down");
            }
            stored.add(batch);
            return (T) batch.stream().collect(Collectors.toMap(key -> key, key -> 1));
        }

        private void hold() {
            try {
                assertThat(released.await(10, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @AfterEach
    void close() {
        released.countDown();
        behind.close();
    }

    private static List<Put> puts(int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(String::valueOf)
                .map(WriteBehindTests::put)
                .toList();
    }

    private static Put put(String key) {
        return new Put.Now(new Entry(key, new byte[0], null, Duration.ZERO, List.of(), null, null));
    }

    private static List<String> keys(int from, int to) {
        return IntStream.range(from, to).mapToObj(String::valueOf).toList();
    }

    private CompletableFuture<Verdict> offer(String key) {
        return behind.now(List.of(put(key))).get(0);
    }

    /** Until {@link #released} a statement with the key {@code first} is under way. */
    private void hold() throws InterruptedException {
        offer("first");
        assertThat(started.await(10, TimeUnit.SECONDS)).isTrue();
    }

    private void written() {
        released.countDown();
        behind.close();
    }

    @Test
    void whatWaitsIsStoredInOrderAndInBatches() throws InterruptedException {
        hold();
        puts(0, 250).forEach(put -> behind.now(List.of(put)));
        written();
        assertThat(statements.stored).containsExactly(List.of("first"), keys(0, 100), keys(100, 200), keys(200, 250));
    }

    @Test
    void aFullQueueDrops() throws InterruptedException {
        hold();
        puts(0, 1_000).forEach(put -> behind.now(List.of(put)));
        assertThat(offer("more")).isCompletedWithValue(Verdict.DROPPED);
        written();
        assertThat(statements.stored.stream().flatMap(List::stream))
                .hasSize(1_001)
                .doesNotContain("more");
    }

    @Test
    void aUnitIsStoredWholeOrDroppedWhole() throws InterruptedException {
        hold();
        behind.now(puts(0, 999));
        List<CompletableFuture<Verdict>> last = behind.now(puts(1_000, 1_150)); // where there is room for one
        List<CompletableFuture<Verdict>> dropped = behind.now(puts(2_000, 2_002));
        assertThat(dropped).allSatisfy(verdict -> assertThat(verdict).isCompletedWithValue(Verdict.DROPPED));
        written();
        assertThat(last).allSatisfy(verdict -> assertThat(verdict).isCompletedWithValue(Verdict.STORED));
        assertThat(statements.stored).hasSize(13).contains(keys(900, 999), keys(1_000, 1_100), keys(1_100, 1_150));
    }

    @Test
    void whatHasBeenStoredMakesRoom() throws InterruptedException {
        hold();
        behind.now(puts(0, 1_000));
        assertThat(offer("more")).isCompletedWithValue(Verdict.DROPPED);
        released.countDown();
        await().until(() -> offer("more").get(10, TimeUnit.SECONDS) == Verdict.STORED);
    }

    @Test
    void aFailingBatchIsDroppedAndTheNextIsStored() {
        released.countDown();
        assertThat(offer(BAD).join()).isEqualTo(Verdict.DROPPED);
        assertThat(offer("good").join()).isEqualTo(Verdict.STORED);
    }

    @Test
    void closeStoresWhatIsQueued() throws InterruptedException {
        hold();
        CompletableFuture<Verdict> queued = offer("queued");
        CompletableFuture.delayedExecutor(100, TimeUnit.MILLISECONDS).execute(released::countDown);
        behind.close();
        assertThat(queued).isCompletedWithValue(Verdict.STORED);
    }

    @Test
    void whenItIsClosedItDrops() {
        behind.close();
        assertThat(offer("late")).isCompletedWithValue(Verdict.DROPPED);
        assertThat(statements.stored).isEmpty();
    }

    @Test
    void anInterruptedCloseKeepsTheInterruptAndDoesNotWait() throws InterruptedException {
        hold();
        CompletableFuture<Verdict> queued = offer("queued");
        Thread.currentThread().interrupt();
        behind.close();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(queued).isCompletedWithValue(Verdict.DROPPED);
    }

    @Test
    void putsThatRaceWithCloseAreStoredOrDropped() throws InterruptedException {
        released.countDown();
        for (int round = 0; round < 100; round++) {
            WriteBehind racing = new WriteBehind(
                    new EntryWrites(TABLES, new EntryReads(TABLES, false)),
                    new Accepting(),
                    Duration.ofSeconds(10),
                    () -> false,
                    new CacheInstrumentation() {},
                    (entry, refused) -> refused,
                    () -> (entry, size) -> {},
                    false);
            List<CompletableFuture<Verdict>> verdicts = new CopyOnWriteArrayList<>();
            Thread producer = new Thread(() -> puts(0, 50).forEach(put -> verdicts.addAll(racing.now(List.of(put)))));
            producer.start();
            racing.close();
            producer.join();

            assertThat(verdicts)
                    .hasSize(50)
                    .allSatisfy(verdict ->
                            assertThat(verdict.get(10, TimeUnit.SECONDS)).isIn(Verdict.FENCED, Verdict.DROPPED));
        }
    }

    /** Takes each statement for done, and says that nothing was stored. */
    private static final class Accepting implements Session {

        @Override
        @SuppressWarnings("unchecked") // the sizes of what is stored
        public <T extends @Nullable Object> T run(String task, Work<T> work) {
            return (T) Map.of();
        }
    }
}
