package io.psycache.interleaving;

import io.psycache.testsupport.TestDatabase;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** A server with sessions, for one play after the other: connections and their prepared statements are dear. */
final class Stage implements AutoCloseable {
    private final Server server;
    private final Session witness;
    private final List<Session> sessions = new ArrayList<>();
    private long trials;

    Stage(TestDatabase database) throws SQLException {
        server = new Server(database);
        witness = new Session(server.dataSource(), 0);
    }

    Server server() {
        return server;
    }

    /** Sees what is there before and after a trial. */
    Session witness() {
        return witness;
    }

    List<Session> sessions(int count) throws SQLException {
        while (sessions.size() < count) {
            sessions.add(new Session(server.dataSource(), sessions.size() + 1));
        }
        return List.copyOf(sessions.subList(0, count));
    }

    Trial newTrial() {
        Trial trial = new Trial(trials++);
        server.begin(trial);
        return trial;
    }

    @Override
    public void close() throws SQLException {
        for (Session session : sessions) {
            session.close();
        }
        witness.close();
        server.close();
    }
}
