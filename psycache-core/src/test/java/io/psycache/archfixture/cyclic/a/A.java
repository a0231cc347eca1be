package io.psycache.archfixture.cyclic.a;

import io.psycache.archfixture.cyclic.b.B;

public class A {
    B b = new B();
}
