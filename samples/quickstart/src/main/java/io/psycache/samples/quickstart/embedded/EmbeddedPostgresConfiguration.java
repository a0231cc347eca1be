package io.psycache.samples.quickstart.embedded;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.boot.system.ApplicationHome;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Starts PostgreSQL where {@code spring.datasource.url} names none. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty(name = "spring.datasource.url", havingValue = "embedded", matchIfMissing = true)
class EmbeddedPostgresConfiguration {

    /** It is stopped with the application, after the connection pool: an orderly stop is what keeps the cache warm. */
    @Bean(destroyMethod = "close")
    EmbeddedPostgres embeddedPostgres(@Value("${quickstart.data-folder:}") String folder) throws IOException {
        DataFolder data = DataFolder.open(folder.isBlank() ? defaultFolder() : Path.of(folder));
        try {
            return EmbeddedPostgres.builder()
                    .setOverrideWorkingDirectory(data.binaries().toFile())
                    .setDataDirectory(data.database())
                    .setCleanDataDirectory(false)
                    .setRegisterShutdownHook(false)
                    .setServerConfig("fsync", "on")
                    .setPGStartupWait(Duration.ofSeconds(60))
                    .start();
        } catch (IllegalStateException | IOException e) {
            throw new EmbeddedPostgresException(
                    "The embedded PostgreSQL did not start in " + data + ".",
                    "Look at the log above, delete the folder to begin anew, or use another PostgreSQL with SPRING_DATASOURCE_URL.",
                    e);
        }
    }

    @Bean
    JdbcConnectionDetails embeddedPostgresConnection(EmbeddedPostgres postgres) {
        return new EmbeddedConnection(postgres.getJdbcUrl("postgres", "postgres"));
    }

    /** {@code data} in the folder of the module, from wherever the application is started; else beside the jar. */
    private static Path defaultFolder() {
        Path home = new ApplicationHome(EmbeddedPostgresConfiguration.class)
                .getDir()
                .toPath();
        for (Path folder = home; folder != null; folder = folder.getParent()) {
            if (folder.endsWith("target")) {
                return folder.resolveSibling("data");
            }
        }
        return home.resolve("data");
    }

    private record EmbeddedConnection(String getJdbcUrl) implements JdbcConnectionDetails {

        @Override
        public String getUsername() {
            return "postgres";
        }

        @Override
        public String getPassword() {
            return "";
        }
    }
}
