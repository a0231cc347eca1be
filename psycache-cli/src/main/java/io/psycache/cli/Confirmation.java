package io.psycache.cli;

/** Asks whoever runs a command. */
interface Confirmation {

    /**
     * @return whether the answer was yes
     * @throws IllegalArgumentException if there is nobody to ask
     */
    boolean isGiven(String question);
}
