package io.psycache.transaction;

import jakarta.persistence.Entity;
import jakarta.persistence.EntityManager;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;

/** The application's own data, the table {@code data (id, text)}. */
interface Rows {

    void write(long id, String text);

    String read(long id);

    /** By JDBC. */
    class Jdbc implements Rows {
        private final JdbcTemplate jdbc;

        Jdbc(DataSource dataSource) {
            jdbc = new JdbcTemplate(dataSource);
        }

        @Override
        public void write(long id, String text) {
            jdbc.update("update data set text = ? where id = ?", text, id);
        }

        @Override
        public String read(long id) {
            return jdbc.queryForObject("select text from data where id = ?", String.class, id);
        }
    }

    @Entity
    @Table(name = "data")
    class Row {
        @Id
        long id;

        String text;
    }

    /** By Hibernate, which writes when it flushes. */
    class Jpa implements Rows {
        private final EntityManager entities;

        Jpa(EntityManager entities) {
            this.entities = entities;
        }

        @Override
        public void write(long id, String text) {
            entities.find(Row.class, id).text = text;
            entities.flush();
        }

        @Override
        public String read(long id) {
            return entities.find(Row.class, id).text;
        }
    }
}
