package io.psycache.archfixture;

class ApiThatPrints {
    void print() {
        System.out.println("hello");
    }
}
