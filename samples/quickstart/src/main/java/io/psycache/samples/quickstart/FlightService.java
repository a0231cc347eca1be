package io.psycache.samples.quickstart;

import java.util.List;
import java.util.Optional;
import org.springframework.cache.annotation.CacheEvict;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** What you would write in your own application: a slow query that is cached, and a change that evicts it. */
@Service
class FlightService {

    private static final String WORST_ROUTES = """
            with departures as (
              select origin, destination, delay, delay > :late as late, extract(hour from departure) as hour,
                     count(*) over (partition by origin order by departure
                                    range between interval '30 minutes' preceding and interval '30 minutes' following) as traffic,
                     lag(delay) over (partition by origin, destination order by departure) > :late as after_late
                from flight
            ), airports as (
              select origin, percentile_cont(0.5) within group (order by traffic) as usual_traffic
                from departures
               group by origin
            ), routes as (
              select origin, destination, count(*) as flights,
                     100 * avg(late::int) as late,
                     100 * avg(late::int) filter (where traffic > usual_traffic) as rush,
                     100 * avg(late::int) filter (where traffic <= usual_traffic) as quiet,
                     100 * avg(late::int) filter (where after_late) as streak,
                     percentile_cont(0.5) within group (order by delay) as median_delay,
                     percentile_cont(0.9) within group (order by delay) as worst_tenth
                from departures join airports using (origin)
               group by origin, destination
              having count(*) >= 28 -- twice a day
            ), hours as (
              select distinct on (origin, destination) origin, destination, hour as best_hour
                from departures
               group by origin, destination, hour
              having count(*) >= 5
               order by origin, destination, avg(late::int), hour
            )
            select r.origin, o.city as origin_city, r.destination, d.city as destination_city, r.flights,
                   round(r.late, 1) as late, round(r.rush, 1) as rush, round(r.quiet, 1) as quiet,
                   round(r.streak, 1) as streak, r.median_delay, round(r.worst_tenth) as worst_tenth, h.best_hour
              from routes r
              join airport o on o.code = r.origin
              join airport d on d.code = r.destination
              left join hours h on h.origin = r.origin and h.destination = r.destination
             order by r.late desc, r.origin, r.destination
             limit 20""";

    private final JdbcClient jdbc;

    FlightService(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** The routes whose flights were late most often, the worst first. The answer is kept in PostgreSQL, as JSON. */
    @Cacheable("reports")
    List<ReportRow> worstRoutes(int lateMinutes) {
        return jdbc.sql(WORST_ROUTES)
                .param("late", lateMinutes)
                .query(ReportRow.class)
                .list();
    }

    /** Changes a row and evicts the reports made of it: both are committed together, or neither is. */
    @Transactional
    @CacheEvict(cacheNames = "reports", allEntries = true)
    Optional<Flight> correctDelay(long id, int delay) {
        return jdbc.sql("update flight set delay = :delay where id = :id returning *")
                .param("delay", delay)
                .param("id", id)
                .query(Flight.class)
                .optional();
    }

    List<Flight> mostDelayed() {
        return jdbc.sql("select * from flight order by delay desc, id limit 5")
                .query(Flight.class)
                .list();
    }
}
