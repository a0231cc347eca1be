package io.psycache.samples.quickstart;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.web.client.RestClient;

class RestartTests {

    @Test
    void restartKeepsTheCacheWarm(@TempDir Path folder) {
        String before = outcomeOfFirstCall(folder);
        String after = outcomeOfFirstCall(folder);

        assertThat(before).isEqualTo("miss");
        assertThat(after).isEqualTo("hit");
    }

    private static String outcomeOfFirstCall(Path folder) {
        try (var application = SpringApplication.run(
                QuickstartApplication.class, "--server.port=0", "--quickstart.data-folder=" + folder)) {
            return requireNonNull(RestClient.create()
                    .get()
                    .uri(
                            "http://localhost:{port}/api/report",
                            application.getEnvironment().getProperty("local.server.port"))
                    .retrieve()
                    .toBodilessEntity()
                    .getHeaders()
                    .getFirst("X-Cache"));
        }
    }
}
