package io.psycache.archfixture.cyclic.files;

class Hen {
    Egg egg = new Egg(null);
}
