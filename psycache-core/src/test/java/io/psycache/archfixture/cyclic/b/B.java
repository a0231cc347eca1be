package io.psycache.archfixture.cyclic.b;

import io.psycache.archfixture.cyclic.a.A;

public class B {
    A[] as = new A[0];
}
