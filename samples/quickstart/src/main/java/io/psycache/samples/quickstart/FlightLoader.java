package io.psycache.samples.quickstart;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.zip.GZIPInputStream;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionOperations;

/** Loads the flights into an empty database, before the web server starts; {@code data/README.md} says where they are from. */
@Component
class FlightLoader implements InitializingBean {

    private final JdbcClient jdbc;
    private final TransactionOperations transaction;

    FlightLoader(JdbcClient jdbc, TransactionOperations transaction) {
        this.jdbc = jdbc;
        this.transaction = transaction;
    }

    @Override
    public void afterPropertiesSet() {
        transaction.executeWithoutResult(status -> {
            jdbc.sql("lock table flight in share row exclusive mode").update(); // another instance may be loading
            if (!jdbc.sql("select exists (select from flight)")
                    .query(Boolean.class)
                    .single()) {
                load();
            }
        });
    }

    private void load() {
        jdbc.sql("""
                insert into airport (code, city, state)
                select field[1], field[2], field[3]
                  from (select string_to_array(line, ',') as field from string_to_table(:csv, E'\\n') as line)""").param("csv", lines("airports.csv")).update();
        jdbc.sql("""
                insert into flight (origin, destination, departure, delay)
                select field[1], field[2], field[4]::date + field[3]::time, field[5]::int
                  from (select string_to_array(line, ',') as field from string_to_table(:csv, E'\\n') as line)
                 order by field[4], field[3], field[1], field[2]""").param("csv", lines("flights.csv.gz")).update();
        jdbc.sql("analyze airport, flight").update();
    }

    /** The lines without the first, which names the columns. */
    private static String lines(String file) {
        try (InputStream raw = new ClassPathResource("data/" + file).getInputStream();
                InputStream csv = file.endsWith(".gz") ? new GZIPInputStream(raw) : raw) {
            String text = new String(csv.readAllBytes(), UTF_8).strip();
            return text.substring(text.indexOf('\n') + 1);
        } catch (IOException e) {
            throw new UncheckedIOException("could not read " + file, e);
        }
    }
}
