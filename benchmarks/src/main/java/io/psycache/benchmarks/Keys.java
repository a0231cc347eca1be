package io.psycache.benchmarks;

import java.util.concurrent.ThreadLocalRandom;

/** Numbers of entries. @param count how many there are */
record Keys(int count) {

    int random() {
        return ThreadLocalRandom.current().nextInt(count);
    }
}
