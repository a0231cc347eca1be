package io.psycache.interleaving;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class PermutationsTests {

    private static List<ByteBuffer> distinct(List<byte[]> orders) {
        return orders.stream().map(ByteBuffer::wrap).distinct().collect(Collectors.toList());
    }

    @Test
    void allAreAsManyAsTheyCount() {
        Permutations permutations = new Permutations(4, 3, 1);

        assertThat(permutations.count()).isEqualTo(280);
        assertThat(permutations.all()).hasSize(280);
        assertThat(distinct(permutations.all())).hasSize(280);
    }

    @Test
    void eachHasEveryStepOnce() {
        assertThat(new Permutations(2, 1).all())
                .containsExactly(new byte[] {0, 0, 1}, new byte[] {0, 1, 0}, new byte[] {1, 0, 0});
    }

    @Test
    void aSampleHasNoneTwiceAndIsRepeatedByItsSeed() {
        Permutations permutations = new Permutations(4, 3, 1);
        List<byte[]> sample = permutations.sample(270, new Random(7));

        assertThat(distinct(sample)).hasSize(270);
        assertThat(distinct(permutations.sample(270, new Random(7)))).isEqualTo(distinct(sample));
        assertThat(distinct(permutations.all())).containsAll(distinct(sample));
    }
}
