package io.psycache.samples.quickstart;

import static org.springframework.boot.test.context.SpringBootTest.WebEnvironment.RANDOM_PORT;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.util.FileSystemUtils;
import org.springframework.web.client.RestClient;

/** The whole application on a free port, with a PostgreSQL and data of its own. */
@SpringBootTest(webEnvironment = RANDOM_PORT, properties = "psycache.cleanup.interval=1h")
abstract class AbstractQuickstartTests {

    @Autowired
    JdbcClient jdbc;

    RestClient http;
    String url;

    @DynamicPropertySource
    static void ownDataFolder(DynamicPropertyRegistry registry) throws IOException {
        Path folder = Path.of("target", "test-data");
        if (!Files.exists(folder.resolve("postgres/postmaster.pid"))) {
            FileSystemUtils.deleteRecursively(folder);
        }
        registry.add("quickstart.data-folder", folder::toString);
    }

    @BeforeEach
    void clearCache(@LocalServerPort int port) {
        url = "http://localhost:" + port;
        http = RestClient.create(url);
        http.delete().uri("/api/cache").retrieve().toBodilessEntity();
    }
}
