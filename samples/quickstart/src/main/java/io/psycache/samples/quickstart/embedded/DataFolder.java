package io.psycache.samples.quickstart.embedded;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The folder that keeps the database between runs. */
final class DataFolder {

    private static final Logger LOG = LoggerFactory.getLogger(DataFolder.class);

    private final Path folder;

    private DataFolder(Path folder) {
        this.folder = folder;
    }

    /** Makes the folder if need be, and sees to it that no PostgreSQL runs on it. */
    static DataFolder open(Path path) throws IOException {
        DataFolder data =
                new DataFolder(Files.createDirectories(path.toAbsolutePath().normalize()));
        data.requireOwn();
        data.requireUnused();
        data.stopOrphan();
        return data;
    }

    Path database() {
        return folder.resolve("postgres");
    }

    Path binaries() {
        return folder.resolve("binaries");
    }

    /** PostgreSQL works on its own files only, not even as root on those of others. */
    private void requireOwn() throws IOException {
        Path probe = Files.isWritable(folder) ? Files.createTempFile(folder, "owner", "") : null;
        boolean own = probe != null && Files.getOwner(probe).equals(Files.getOwner(folder));
        if (probe != null) {
            Files.delete(probe);
        }
        if (!own) {
            throw new EmbeddedPostgresException(
                    "The folder " + folder + " belongs to " + Files.getOwner(folder) + ", so PostgreSQL can't use it.",
                    "Delete the folder, or name another with QUICKSTART_DATA_FOLDER.",
                    null);
        }
    }

    /** The lock is the one that the library holds while PostgreSQL runs. */
    private void requireUnused() throws IOException {
        Path lockFile = database().resolve("epg-lock");
        if (!Files.exists(lockFile)) {
            return;
        }
        try (var channel = FileChannel.open(lockFile, StandardOpenOption.WRITE);
                var lock = channel.tryLock()) {
            if (lock == null) {
                throw new EmbeddedPostgresException(
                        "Another quickstart runs on " + folder + ".",
                        "Stop it, or name another folder with QUICKSTART_DATA_FOLDER.",
                        null);
            }
        }
    }

    /** After {@code kill -9} of the application its PostgreSQL runs on. Stopped in order, it keeps even its cache. */
    private void stopOrphan() throws IOException {
        Path pidFile = database().resolve("postmaster.pid");
        if (!Files.exists(pidFile)) {
            return;
        }
        long pid = Long.parseLong(Files.readAllLines(pidFile).get(0).strip());
        var orphan = ProcessHandle.of(pid).filter(DataFolder::isPostgres);
        if (orphan.isEmpty()) {
            Files.delete(pidFile); // stale: the number may be another program's by now
            return;
        }
        LOG.info("Stopping the PostgreSQL that an earlier run left behind (process {})", pid);
        orphan.get().destroy();
        orphan.get().onExit().orTimeout(30, TimeUnit.SECONDS).join();
    }

    private static boolean isPostgres(ProcessHandle process) {
        return process.info()
                .command()
                .filter(command -> command.contains("postgres"))
                .isPresent();
    }

    @Override
    public String toString() {
        return folder.toString();
    }
}
