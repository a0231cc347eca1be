.DEFAULT_GOAL := help
.PHONY: help build test format docs matrix benchmarks release-jars strict run-sample clean

MVN := mvn -B -ntp

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## Compile, check and package, without tests
	$(MVN) -DskipTests package

test: ## Everything that a change must pass (as .ci/run)
	$(MVN) verify

format: ## Format the Java sources
	$(MVN) -q spotless:apply

docs: ## Write docs/configuration.md from the configuration metadata
	$(MVN) -q -pl documentation-tests -am -Dtest=ConfigurationPageTests -Dsurefire.failIfNoSpecifiedTests=false -Dpsycache.docs.write=true test

matrix: ## The tests on every Spring Boot, PostgreSQL 14 and 18, JDK 17 and 25 (JAVA_HOME_25); BOOTS, POSTGRESES, JDKS choose fewer
	compatibility-tests/matrix.sh

benchmarks: ## Measure and write docs/benchmarks.md; CHAPTERS="near redis-get" for some of it, BENCHMARKS=-Dbenchmarks.rounds=9 for settings
	$(MVN) -Pbenchmarks -pl benchmarks -am -DskipTests -Dbenchmarks.chapters="$(CHAPTERS)" $(BENCHMARKS) verify

strict: ## Check nullness in generics too, of what is published (needs JDK 25 as JAVA_HOME)
	$(MVN) -Pjspecify -DskipTests -pl psycache-core,psycache-spring-boot-autoconfigure,psycache-cli -am clean test-compile

release-jars: ## Package with sources and Javadoc; Javadoc's warnings are errors
	$(MVN) -Prelease -DskipTests package

run-sample: ## Run samples/quickstart, with a PostgreSQL of its own
	$(MVN) -q -pl samples/quickstart -am spring-boot:run

clean: ## Delete what builds have made
	$(MVN) -q -Pcompatibility clean
