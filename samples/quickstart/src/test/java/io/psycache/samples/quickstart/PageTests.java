package io.psycache.samples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.support.ui.WebDriverWait;

/**
 * The page in a real browser. Where there is no Chromium the tests are skipped, or fail if the environment variable {@code
 * PSYCACHE_REQUIRE_BROWSER} is set.
 */
class PageTests extends AbstractQuickstartTests {

    private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
    private static final Path DRIVER = Path.of("/usr/bin/chromedriver");
    private static final Path SCREENSHOTS = Path.of("target", "screenshots");

    private static ChromeDriver browser;

    @BeforeAll
    static void startBrowser(@TempDir Path profile) throws IOException {
        boolean installed = Files.isExecutable(CHROMIUM) && Files.isExecutable(DRIVER);
        if (System.getenv("PSYCACHE_REQUIRE_BROWSER") == null) {
            assumeTrue(installed, "no Chromium: install the packages chromium and chromium-driver to test the page");
        }
        assertThat(installed).as("%s and %s are installed", CHROMIUM, DRIVER).isTrue();
        Files.createDirectories(SCREENSHOTS);
        browser = new ChromeDriver(
                new ChromeDriverService.Builder()
                        .usingDriverExecutable(DRIVER.toFile())
                        .usingAnyFreePort()
                        .build(),
                options(profile));
    }

    private static ChromeOptions options(Path profile) {
        return new ChromeOptions()
                .setBinary(CHROMIUM.toFile())
                .addArguments(
                        "--headless=new",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-quic",
                        "--no-first-run",
                        "--disable-background-networking",
                        "--disable-component-update",
                        "--disable-sync",
                        "--user-data-dir=" + profile);
    }

    @AfterAll
    static void stopBrowser() {
        if (browser != null) {
            browser.quit();
        }
    }

    @BeforeEach
    void openPage() {
        browser.manage().window().setSize(new Dimension(1280, 1500));
        browser.get(url + "/");
        waitUntilIdle();
        assertThat(errors()).as("complaints of the browser").isEmpty();
    }

    @Test
    void reportIsAMissThenAHitUntilARowIsChangedOrTheCacheIsCleared() throws IOException {
        loadReport("miss");
        double cold = millis();
        loadReport("hit");
        assertThat(millis()).isLessThan(cold / 10);
        assertThat(texts("#calls tr:nth-child(-n+2) .badge")).containsExactly("hit", "miss");
        assertThat(texts("#report tr")).hasSize(20);
        assertThat(texts("#rows tr.valid .json")).anyMatch(json -> json.contains("\"origin\""));
        screenshot("hit");

        changeFirstFlight();
        assertThat(validReports()).isEmpty();
        loadReport("miss");
        loadReport("hit");

        browser.findElement(By.id("clear")).click();
        waitUntilIdle();
        assertThat(validReports()).isEmpty();
        assertThat(browser.findElement(By.id("note")).getText()).contains("cleared");
        screenshot("cleared");
        loadReport("miss");
        assertThat(validReports()).hasSize(1);
        assertThat(errors()).isEmpty();
    }

    @Test
    void metersFollowTheCallsWhileThePageIsOpen() throws IOException {
        loadReport("miss");
        waitUntilMetersShow("misses", misses -> misses >= 1);
        int hits = meter("hits");
        int misses = meter("misses");

        browser.findElement(By.id("many")).click();
        waitUntilIdle();

        waitUntilMetersShow("hits", now -> now == hits + 100);
        assertThat(meter("misses")).isEqualTo(misses);
        assertThat(browser.findElement(By.id("ratio")).getText()).matches("\\d+(\\.\\d)? %");
        assertThat(browser.findElement(By.id("get-average")).getText()).matches("[\\d.]+ ms");
        assertThat(browser.findElement(By.id("cleanup")).getText()).endsWith("ago");
        assertThat(browser.findElements(By.cssSelector("#history rect.hit"))).isNotEmpty();
        assertThat(browser.findElement(By.id("scraped")).getText()).isEqualTo("live");
        screenshot("meters");
        assertThat(errors()).isEmpty();
    }

    @Test
    void refusedChangeIsSaidInWords() {
        WebElement delay = browser.findElement(By.cssSelector("#flights input"));
        browser.executeScript("arguments[0].value = 99999; arguments[0].form.noValidate = true", delay);

        saveFirstFlight();

        assertThat(browser.findElement(By.id("error")).getText())
                .isEqualTo("delay is 99999, but must be -120 to 2880.");
        assertThat(browser.findElements(By.cssSelector("button:disabled"))).isEmpty();
        assertThat(errors()).as("the refused request").hasSize(1);
    }

    @Test
    void pageFitsADarkScreenAndASmallOne() throws IOException {
        loadReport("miss");
        emulateDark("dark");
        screenshot("dark");
        emulateDark("light");

        browser.manage().window().setSize(new Dimension(500, 1500));

        assertThat(browser.executeScript("return document.documentElement.scrollWidth <= window.innerWidth"))
                .isEqualTo(true);
        screenshot("small");
    }

    private void loadReport(String outcome) {
        browser.findElement(By.id("load")).click();
        waitUntilIdle();
        assertThat(browser.findElement(By.id("outcome")).getText()).isEqualTo(outcome);
    }

    private void changeFirstFlight() {
        WebElement delay = browser.findElement(By.cssSelector("#flights input"));
        int other = Integer.parseInt(delay.getDomProperty("value")) - 1;
        delay.clear();
        delay.sendKeys(String.valueOf(other));
        saveFirstFlight();
        assertThat(browser.findElement(By.id("note")).getText()).contains("was changed");
    }

    private static void saveFirstFlight() {
        browser.findElement(By.cssSelector("#flights button")).click();
        waitUntilIdle();
    }

    private static List<String> validReports() {
        return texts("#rows tr.valid .json").stream()
                .filter(json -> json.startsWith("["))
                .toList();
    }

    private static void waitUntilMetersShow(String id, IntPredicate expected) {
        new WebDriverWait(browser, Duration.ofSeconds(30)).until(page -> expected.test(meter(id)));
    }

    /** @return -1 before the first answer */
    private static int meter(String id) {
        String text = browser.findElement(By.id(id)).getText().replace(",", "");
        return text.equals("–") ? -1 : Integer.parseInt(text);
    }

    private static double millis() {
        return Double.parseDouble(
                browser.findElement(By.cssSelector("#time strong")).getText());
    }

    private static List<String> texts(String selector) {
        return browser.findElements(By.cssSelector(selector)).stream()
                .map(WebElement::getText)
                .toList();
    }

    private static void waitUntilIdle() {
        new WebDriverWait(browser, Duration.ofSeconds(30))
                .until(page -> page.findElements(By.cssSelector("body[aria-busy]"))
                                .isEmpty()
                        && !page.findElements(By.cssSelector("#flights tr")).isEmpty());
    }

    private static List<LogEntry> errors() {
        return browser.manage().logs().get(LogType.BROWSER).getAll();
    }

    private static void emulateDark(String scheme) {
        browser.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
    }

    private static void screenshot(String name) throws IOException {
        Files.write(SCREENSHOTS.resolve(name + ".png"), browser.getScreenshotAs(OutputType.BYTES));
    }
}
