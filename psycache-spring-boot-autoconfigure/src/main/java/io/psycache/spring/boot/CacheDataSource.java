package io.psycache.spring.boot;

import io.psycache.spring.boot.diagnostics.StartException;
import java.util.Arrays;
import java.util.List;
import javax.sql.DataSource;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;

/** The {@code DataSource} of the cache; a bean, but not one of type {@code DataSource}. */
record CacheDataSource(DataSource value) {
    private static final Log log = LogFactory.getLog(CacheDataSource.class);

    /**
     * The only one, else the one that is marked, else the primary one.
     *
     * @throws StartException if there are several and nothing tells which
     */
    static CacheDataSource select(
            ObjectProvider<DataSource> marked, ObjectProvider<DataSource> candidates, ListableBeanFactory beans) {
        List<String> names = namesOfDataSources(beans);
        if (names.size() == 1) {
            return new CacheDataSource(beans.getBean(names.get(0), DataSource.class));
        }
        DataSource chosen = marked.getIfAvailable();
        DataSource ofApplication = candidates.getIfUnique();
        if (chosen != null) {
            warnIfEvictionsAreNotAtomic(chosen, ofApplication);
            return new CacheDataSource(chosen);
        }
        if (ofApplication == null) {
            throw new StartException(
                    "psycache needs one DataSource, but there are several and none of them is primary: "
                            + String.join(", ", names),
                    "Mark the one that holds the cached data with @PsycacheDataSource, or with @Primary, or define a"
                            + " PostgresCache bean. To start without the cache, set psycache.enabled=false.",
                    null);
        }
        return new CacheDataSource(ofApplication);
    }

    private static void warnIfEvictionsAreNotAtomic(DataSource chosen, @Nullable DataSource ofApplication) {
        if (ofApplication != null && ofApplication != chosen) {
            log.warn(
                    "psycache uses the DataSource marked with @PsycacheDataSource, which is not the primary one: evictions"
                            + " are not part of transactions on other DataSources, and can be seen before or without their changes");
        }
    }

    private static List<String> namesOfDataSources(ListableBeanFactory beans) {
        return Arrays.asList(BeanFactoryUtils.beanNamesForTypeIncludingAncestors(beans, DataSource.class));
    }
}
