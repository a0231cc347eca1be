package io.psycache.samples.containers;

import java.util.BitSet;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.stereotype.Service;

/** Something that takes its time. */
@Service
class Primes {

    /** How many primes there are below {@code limit}, by the sieve of Eratosthenes. */
    @Cacheable("primes")
    int below(int limit) {
        BitSet composite = new BitSet(limit);
        int count = 0;
        for (int number = 2; number < limit; number++) {
            if (!composite.get(number)) {
                count++;
                for (long multiple = (long) number * number; multiple < limit; multiple += number) {
                    composite.set((int) multiple);
                }
            }
        }
        return count;
    }
}
