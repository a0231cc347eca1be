package io.psycache.interleaving;

import java.sql.Connection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.springframework.jdbc.datasource.AbstractDataSource;

/** The pool of a process whose threads are sessions: each has the connection of its session, and other threads the first's. */
final class NodeDataSource extends AbstractDataSource {
    private final Map<Thread, SessionDataSource> ofThreads;
    private final SessionDataSource first;

    NodeDataSource(List<Session> sessions) {
        this.first = sessions.get(0).dataSource();
        this.ofThreads = sessions.stream().collect(Collectors.toMap(Session::thread, Session::dataSource));
    }

    @Override
    public Connection getConnection() {
        return ofThreads.getOrDefault(Thread.currentThread(), first).getConnection();
    }

    @Override
    public Connection getConnection(String user, String password) {
        throw new UnsupportedOperationException();
    }
}
