package io.psycache.internal.store.session;

import java.lang.reflect.Method;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import javax.sql.DataSource;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.core.DecoratingProxy;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.jdbc.datasource.lookup.AbstractRoutingDataSource;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * The data source that gives a thread its connections, behind wrappers and routers.
 *
 * @param isPool whether it is known to connect every thread to the same database. A class that psycache does not know may choose by
 *     the thread
 */
public record Target(DataSource dataSource, boolean isPool) {

    /** By exact class: a class that extends one of them can choose by the thread. */
    private static final Set<String> POOLS = Set.of(
            "com.mchange.v2.c3p0.ComboPooledDataSource",
            "com.zaxxer.hikari.HikariDataSource",
            "io.agroal.pool.DataSource",
            "oracle.ucp.jdbc.PoolDataSourceImpl",
            "org.apache.commons.dbcp2.BasicDataSource",
            "org.apache.tomcat.dbcp.dbcp2.BasicDataSource",
            "org.apache.tomcat.jdbc.pool.DataSource",
            "org.jboss.as.connector.subsystems.datasources.WildFlyDataSource",
            "org.postgresql.ds.PGPoolingDataSource",
            "org.postgresql.ds.PGSimpleDataSource",
            "org.springframework.jdbc.datasource.DriverManagerDataSource",
            "org.springframework.jdbc.datasource.SimpleDriverDataSource",
            "org.springframework.jdbc.datasource.SingleConnectionDataSource",
            "org.vibur.dbcp.ViburDBCPDataSource");

    /** Those of Spring, which hand on what they wrap. */
    private static final Set<String> WRAPPERS = Set.of(
            "org.springframework.jdbc.datasource.DelegatingDataSource",
            "org.springframework.jdbc.datasource.LazyConnectionDataSourceProxy",
            "org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy");

    private static final Log LOG = LogFactory.getLog(Target.class);

    private static final Method DETERMINE = Objects.requireNonNull(
            ReflectionUtils.findMethod(AbstractRoutingDataSource.class, "determineTargetDataSource"));

    static {
        ReflectionUtils.makeAccessible(DETERMINE);
    }

    /** Of data sources by identity: a proxy may hand {@code equals} on to what it wraps, which is not equal to the proxy. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Target that && that.dataSource == dataSource;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(dataSource);
    }

    /** Of the calling thread. @throws RuntimeException of a router that finds none */
    public static Target of(DataSource dataSource) {
        DataSource inner = unwrapped(dataSource);
        AbstractRoutingDataSource router = router(inner);
        return router == null
                ? new Target(inner, POOLS.contains(kind(inner).getName()))
                : of((DataSource) Objects.requireNonNull(ReflectionUtils.invokeMethod(DETERMINE, router)));
    }

    /** Whether threads may have different targets. */
    public static boolean isRouted(DataSource dataSource) {
        return router(unwrapped(dataSource)) != null;
    }

    /** Those of all threads, as far as a router has them in its map; without a router that of every thread. */
    private static Set<Target> all(DataSource dataSource) {
        AbstractRoutingDataSource router = router(unwrapped(dataSource));
        if (router == null) {
            return Set.of(of(dataSource));
        }
        Set<Target> targets = new LinkedHashSet<>();
        DataSource other = router.getResolvedDefaultDataSource();
        if (other != null) {
            targets.addAll(all(other));
        }
        router.getResolvedDataSources().values().forEach(target -> targets.addAll(all(target)));
        return targets;
    }

    /**
     * Data sources of all targets that can be written: no standbys. One that can't be reached now is left out, unless it is the only one.
     *
     * @param timeout for each
     * @throws DataAccessException if none can be reached
     */
    public static List<DataSource> writable(DataSource dataSource, Duration timeout) {
        if (!isRouted(dataSource)) {
            return List.of(dataSource);
        }
        List<DataSource> writable = new ArrayList<>();
        DataAccessException failure = null;
        for (Target target : all(dataSource)) {
            try {
                if (server(target, timeout).isPrimary()) {
                    writable.add(target.dataSource());
                }
            } catch (DataAccessException e) {
                LOG.warn("A database that " + dataSource.getClass().getName()
                        + " routes to can't be reached, so psycache neither creates tables nor cleans up there now: "
                        + e.getMessage());
                failure = e;
            }
        }
        if (failure != null && writable.isEmpty()) {
            throw failure;
        }
        return writable;
    }

    /**
     * The target that has the tables of {@code target}: itself or, of a standby, its primary.
     *
     * @param dataSource routes to both
     * @param timeout for each that is asked
     * @return null if none of the targets is the primary
     * @throws DataAccessException if a server can't be reached
     */
    public static @Nullable Target primary(Target target, DataSource dataSource, Duration timeout) {
        Server own = server(target, timeout);
        if (own.isPrimary()) {
            return target;
        }
        for (DataSource other : writable(dataSource, timeout)) {
            if (server(of(other), timeout).equals(own.promoted())) {
                return of(other);
            }
        }
        return null;
    }

    /** @param identifier of the data directory, which primary and standbys share */
    private record Server(boolean isPrimary, String identifier, String database) {

        private Server promoted() {
            return new Server(true, identifier, database);
        }
    }

    private static Server server(Target target, Duration timeout) {
        Session session = new Sessions(target.dataSource(), timeout)::inTime;
        return session.query(
                "ask a server whether it is a standby",
                jdbc -> jdbc.query(
                                "select not pg_is_in_recovery(), system_identifier::text, current_database() from pg_control_system()",
                                (row, number) -> new Server(row.getBoolean(1), row.getString(2), row.getString(3)))
                        .get(0));
    }

    /** Null = it is none, or one that connects in a way of its own, of which it is not known to which target. */
    private static @Nullable AbstractRoutingDataSource router(DataSource dataSource) {
        Class<?> kind = kind(dataSource);
        if (!AbstractRoutingDataSource.class.isAssignableFrom(kind)) {
            return null;
        }
        Method connecting = Objects.requireNonNull(ReflectionUtils.findMethod(kind, "getConnection"));
        try {
            return connecting.getDeclaringClass() == AbstractRoutingDataSource.class
                    ? dataSource.unwrap(AbstractRoutingDataSource.class)
                    : null;
        } catch (SQLException e) {
            throw SqlErrors.translated("look for the target of a data source", e);
        }
    }

    private static DataSource unwrapped(DataSource dataSource) {
        DataSource inner = WRAPPERS.contains(dataSource.getClass().getName())
                ? ((DelegatingDataSource) dataSource).getTargetDataSource()
                : null;
        return inner == null ? dataSource : unwrapped(inner);
    }

    /** Its class, or that behind a proxy of Spring AOP, whose advice is taken for one that observes. */
    private static Class<?> kind(DataSource dataSource) {
        return dataSource instanceof DecoratingProxy proxy
                ? proxy.getDecoratedClass()
                : ClassUtils.getUserClass(dataSource);
    }
}
