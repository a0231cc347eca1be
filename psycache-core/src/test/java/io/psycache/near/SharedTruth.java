package io.psycache.near;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * What has been committed, in memory that processes of one machine share: neither database nor network come between. Each key has one
 * writer. Times are {@link System#nanoTime()}, which is one clock for all processes of a machine.
 */
final class SharedTruth {
    static final int KEYS = 40;
    private static final int PROCESSES = 2;
    private static final int COMMITS = 4_096;
    private static final VarHandle LONG = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private final ByteBuffer memory;

    SharedTruth(Path file) {
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            this.memory = channel.map(FileChannel.MapMode.READ_WRITE, 0, 8L * (PROCESSES + KEYS * (COMMITS + 1)));
        } catch (IOException e) {
            throw new UncheckedIOException("no memory to share", e);
        }
    }

    /** How many hits of copies a process has checked. */
    long copies(int process) {
        return read(process);
    }

    void addCopies(int process, long count) {
        LONG.getAndAdd(memory, 8 * process, count);
    }

    /** The value that was committed last. */
    long committed(int key) {
        return read(slot(key));
    }

    /** Only the key's writer says this, after each commit. Earlier values of which it does not know were committed by now, too. */
    void commit(int key, long value) {
        for (long each = committed(key) + 1; each <= value; each++) {
            write(slot(key) + 1 + (int) (each % COMMITS), System.nanoTime());
        }
        write(slot(key), value);
    }

    /** The value that was the last one at {@code time}, or an older one. */
    long committedBy(int key, long time) {
        long value = committed(key);
        while (value > 0 && read(slot(key) + 1 + (int) (value % COMMITS)) - time > 0) {
            value--;
        }
        return value;
    }

    private static int slot(int key) {
        return PROCESSES + key * (COMMITS + 1);
    }

    private long read(int slot) {
        return (long) LONG.getAcquire(memory, 8 * slot);
    }

    private void write(int slot, long value) {
        LONG.setRelease(memory, 8 * slot, value);
    }
}
