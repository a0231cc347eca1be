package io.psycache.samples.quickstart;

import java.util.List;
import org.springframework.cache.Cache;
import org.springframework.cache.CacheManager;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** A look at the cache from outside, for the page. */
@RestController
@RequestMapping("/api")
class CacheController {

    private final CallLog calls;
    private final CacheTable table;
    private final CacheManager cacheManager;

    CacheController(CallLog calls, CacheTable table, CacheManager cacheManager) {
        this.calls = calls;
        this.table = table;
        this.cacheManager = cacheManager;
    }

    @GetMapping("/calls")
    List<Call> calls() {
        return calls.latest();
    }

    @GetMapping("/cache")
    List<CacheTable.Row> rows() {
        return table.rows();
    }

    @DeleteMapping("/cache")
    void clear() {
        Cache reports = cacheManager.getCache("reports");
        if (reports != null) {
            reports.clear();
        }
    }
}
