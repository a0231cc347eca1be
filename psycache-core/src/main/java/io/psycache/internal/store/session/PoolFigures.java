package io.psycache.internal.store.session;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import java.sql.SQLException;
import java.util.function.IntPredicate;
import javax.sql.DataSource;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.jdbc.datasource.lookup.AbstractRoutingDataSource;
import org.springframework.util.ClassUtils;

/** What a connection pool says of itself. HikariCP is optional, and other pools are not asked. */
final class PoolFigures {
    private static final IntPredicate UNKNOWN = own -> false;
    private static final boolean IS_HIKARI_THERE =
            ClassUtils.isPresent("com.zaxxer.hikari.HikariDataSource", PoolFigures.class.getClassLoader());

    private PoolFigures() {}

    /**
     * Whether the application has all connections of the pool, but for so many of the cache's own. Where the cache has as many as the
     * application, it may be the database that does not answer.
     */
    static IntPredicate taken(DataSource dataSource) {
        return IS_HIKARI_THERE && !choosesItsTarget(dataSource) ? Hikari.taken(dataSource) : UNKNOWN;
    }

    /** It would choose one for this thread. */
    private static boolean choosesItsTarget(DataSource dataSource) {
        DataSource target = dataSource;
        while (target instanceof DelegatingDataSource wrapper && wrapper.getTargetDataSource() != null) {
            target = wrapper.getTargetDataSource();
        }
        return target instanceof AbstractRoutingDataSource;
    }

    private static final class Hikari {

        private Hikari() {}

        static IntPredicate taken(DataSource dataSource) {
            try {
                return dataSource.isWrapperFor(HikariDataSource.class)
                        ? taken(dataSource.unwrap(HikariDataSource.class))
                        : UNKNOWN;
            } catch (SQLException | RuntimeException e) { // a data source that does not know yet what it wraps
                return UNKNOWN;
            }
        }

        private static IntPredicate taken(HikariDataSource pool) {
            return own -> {
                HikariPoolMXBean figures = pool.getHikariPoolMXBean(); // null before the first connection
                int active = figures == null ? 0 : figures.getActiveConnections();
                return active >= pool.getMaximumPoolSize() && active - own > own;
            };
        }
    }
}
