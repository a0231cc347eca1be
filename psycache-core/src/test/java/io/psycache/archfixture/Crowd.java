package io.psycache.archfixture;

class Crowd {}

class Second {}

class Third {}

class Fourth {}
