package io.psycache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.psycache.testsupport.ClosingExtension;
import io.psycache.testsupport.TestDatabase;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.jdbc.datasource.lookup.AbstractRoutingDataSource;

/** A router that sends some threads to a hot standby, as a data source for reads and writes does. */
class StandbyTargetTests {
    private static final Duration TTL = Duration.ofMinutes(5);

    /** PostgreSQL starts in a directory of its owner only. */
    private static final FileAttribute<?> OWNERS =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private static final ThreadLocal<@Nullable String> ROUTE = new ThreadLocal<>();

    @RegisterExtension
    private final ClosingExtension closing = new ClosingExtension() {};

    @TempDir
    private Path directory;

    @AfterEach
    void leave() {
        ROUTE.remove();
    }

    @Test
    void threadsOfTheStandbyHaveTheEntriesOfItsPrimary() throws Exception {
        Assumptions.assumeTrue(TestDatabase.isEmbedded(), "needs a server with a standby of its own");
        EmbeddedPostgres primary = closing.closing(EmbeddedPostgres.builder()
                .setDataDirectory(directory.resolve("primary"))
                .start());
        DataSource standby = closing.closing(standbyOf(primary)).getPostgresDatabase();
        DataSource router = router(Map.of("writer", primary.getPostgresDatabase(), "reader", standby));
        PsycacheSchema.create(router);
        PostgresCache cache = closing.closing(
                PostgresCache.builder(router).timeout(Duration.ofMinutes(1)).build());

        ROUTE.set("reader");
        cache.put("k", "v", TTL);
        assertThat(cache.get("k", String.class)).contains("v");
        ROUTE.set("writer");
        assertThat(cache.get("k", String.class)).contains("v");
        assertThat(cache.remove("k")).isTrue();
        ROUTE.set("reader");
        assertThat(cache.get("k", String.class)).isEmpty();
        assertThat(cache.cleanupExpired()).isZero();

        PostgresCache readers = closing.closing(PostgresCache.builder(router(Map.of("reader", standby)))
                .timeout(Duration.ofMinutes(1))
                .build());
        assertThatThrownBy(() -> readers.get("k", String.class))
                .isInstanceOf(DataAccessResourceFailureException.class)
                .hasMessageContaining("is a standby");
    }

    private static DataSource router(Map<Object, Object> targets) {
        AbstractRoutingDataSource router = new AbstractRoutingDataSource() {
            @Override
            protected @Nullable Object determineCurrentLookupKey() {
                return ROUTE.get();
            }
        };
        router.setTargetDataSources(targets);
        router.afterPropertiesSet();
        return router;
    }

    /** By the low-level backup of PostgreSQL's manual, since the embedded server brings no pg_basebackup. */
    private EmbeddedPostgres standbyOf(EmbeddedPostgres primary) throws SQLException, IOException {
        Path copy = directory.resolve("standby");
        try (Connection connection = primary.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            boolean isOld = connection.getMetaData().getDatabaseMajorVersion() < 15;
            statement.execute(
                    isOld ? "select pg_start_backup('copy', true, false)" : "select pg_backup_start('copy', true)");
            copy(directory.resolve("primary"), copy);
            try (ResultSet label = statement.executeQuery(
                    isOld
                            ? "select labelfile from pg_stop_backup(false, false)"
                            : "select labelfile from pg_backup_stop(false)")) {
                label.next();
                Files.writeString(copy.resolve("backup_label"), label.getString(1));
            }
        }
        Files.createFile(copy.resolve("standby.signal"));
        Files.writeString(
                copy.resolve("postgresql.auto.conf"),
                "primary_conninfo = 'host=localhost port=%d user=postgres'%n".formatted(primary.getPort()));
        return EmbeddedPostgres.builder()
                .setDataDirectory(copy)
                .setCleanDataDirectory(false)
                .start();
    }

    /** Files that the server removes meanwhile are not needed. */
    private static void copy(Path from, Path to) throws IOException {
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes) throws IOException {
                Files.createDirectory(to.resolve(from.relativize(path)), OWNERS);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) throws IOException {
                String name = path.getFileName().toString();
                if (!name.startsWith("postmaster.") && !name.equals("epg-lock")) {
                    Files.copy(path, to.resolve(from.relativize(path)));
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path path, IOException failure) {
                return failure instanceof NoSuchFileException ? FileVisitResult.CONTINUE : fail(failure);
            }

            private FileVisitResult fail(IOException failure) {
                throw new UncheckedIOException(failure);
            }
        });
    }
}
