package io.psycache.internal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class CacheTablesTests {

    @Test
    void namesAreQuotedAndQualified() {
        CacheTables tables = new CacheTables("app", "psycache");
        assertThat(tables.entries()).isEqualTo("\"app\".\"psycache\"");
        assertThat(tables.invalidations()).isEqualTo("\"app\".\"psycache_invalidation\"");
        assertThat(tables.epoch()).isEqualTo("\"app\".\"psycache_epoch\"");
        assertThat(tables.leases()).isEqualTo("\"app\".\"psycache_lease\"");
    }

    @Test
    void withoutSchemaNamesAreNotQualified() {
        assertThat(new CacheTables("", "psycache").entries()).isEqualTo("\"psycache\"");
    }

    @Test
    void theLongestNameLeavesRoomForTheSuffixes() {
        CacheTables tables = new CacheTables("", "t".repeat(48));
        assertThat(tables.invalidationsName()).hasSizeLessThan(64);
        assertThat(tables.epochName()).hasSizeLessThan(64);
        assertThat(tables.leasesName()).hasSizeLessThan(64);
        assertThat(tables.indexNames()).allSatisfy(name -> assertThat(name).hasSizeLessThan(64));
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(
            strings = {
                "",
                " ",
                "Psycache",
                "1cache",
                "cache-1",
                "cache.entries",
                "cache\n",
                "\ncache",
                "cache\"",
                "cache;drop table users",
                "\"; drop table users; --",
                "cache'",
                "käse",
                "cache\u0000",
                "a23456789012345678901234567890123456789012345678x"
            })
    void hostileNamesAreRefused(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new CacheTables("", name))
                .withMessageContainingAll("table", "[a-z_][a-z0-9_]{0,47}", String.valueOf(name));
        if (!"".equals(name)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new CacheTables(name, "psycache"))
                    .withMessageContainingAll("schema", "[a-z_][a-z0-9_]{0,47}", String.valueOf(name));
        }
    }
}
