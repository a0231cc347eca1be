package io.psycache.archfixture.cyclic.files;

class Egg {
    final Object hen;

    Egg(Hen hen) {
        this.hen = hen;
    }
}
