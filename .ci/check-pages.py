#!/usr/bin/env python3
#
# SPDX-License-Identifier: GPL-2.0-only
"""Opens the report.html of runs and campaigns in Chromium, uses it as a reader would, and aborts if
something is not as it should be. Needs chromium, chromium-driver and python3-selenium.

usage: .ci/check-pages.py [--pictures=DIRECTORY] RESULTS ...

With --pictures it also writes pictures of the pages, wide and narrow, light and dark.
"""

import base64
import json
import sys
import time
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

from campaign_checks import CampaignChecks, RestorabilityChecks

WIDE = 1280
NARROW = 360
MOST_USES = 12  # routes in use that are looked at, by page

OVERLAPS = """
const boxes = [...document.querySelectorAll('.node-label')].map((label) => label.getBoundingClientRect());
let count = 0;
boxes.forEach((a, i) => boxes.slice(0, i).forEach((b) => {
  count += a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;
}));
return count;
"""

# contrast after WCAG 2 of each kind of text with what is behind it
CONTRAST = """
const light = (rgb) => {
  const c = rgb.match(/[0-9.]+/g).slice(0, 3).map((v) => v / 255)
    .map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
  return 0.2126 * c[0] + 0.7152 * c[1] + 0.0722 * c[2];
};
const ground = (element) => {
  for (let e = element; e; e = e.parentElement) {
    const colour = getComputedStyle(e).backgroundColor;
    if (!/rgba\\(.*, 0\\)/.test(colour)) { return colour; }
  }
  return 'rgb(255, 255, 255)';
};
let worst = [21, ''];
for (const element of document.querySelectorAll('p, li, h1, h2, h3, td, th, button, label, output, span')) {
  if (element.offsetParent === null || !element.textContent.trim()) { continue; }
  const [a, b] = [light(getComputedStyle(element).color), light(ground(element))];
  const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  if (contrast < worst[0]) { worst = [contrast, element.className + ' ' + element.textContent.slice(0, 40)]; }
}
return worst;
"""


class Page:
    """A report in a browser."""

    def __init__(self, driver, results):
        self.driver = driver
        self.results = results
        self.file = results / "report.html"
        self.data = None

    def fail(self, what):
        sys.exit(f"{self.file}: {what}")

    def expect(self, condition, what):
        if not condition:
            self.fail(what)

    def open(self, width, scheme="light", script=True):
        """Load the page with a width and a colour scheme."""
        cdp = self.driver.execute_cdp_cmd
        cdp("Emulation.setScriptExecutionDisabled", {"value": not script})
        cdp("Emulation.setDeviceMetricsOverride",
            {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width == NARROW})
        cdp("Emulation.setEmulatedMedia",
            {"media": "screen", "features": [{"name": "prefers-color-scheme", "value": scheme}]})
        self.driver.get(self.file.resolve().as_uri())
        if script:
            self.data = json.loads(self.run("return document.getElementById('data').textContent"))

    def run(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def find(self, selector):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def find_all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def text(self, selector):
        return self.run("return document.querySelector(arguments[0]).textContent", selector)

    def click(self, selector):
        self.run("arguments[0].scrollIntoView({block: 'center'}); arguments[0].click()",
                 self.find(selector))

    def go_to(self, instant):
        """Move the slider, as an input device does."""
        self.run("const s = document.getElementById('time'); s.value = arguments[0];"
                 "s.dispatchEvent(new Event('input'))", instant)

    def now(self):
        return float(self.run("return document.getElementById('time').value"))

    # -- what is checked

    def check_quiet(self):
        """Nothing failed in a script, nothing was asked of other places."""
        log = [entry for entry in self.driver.get_log("browser") if entry["level"] == "SEVERE"]
        self.expect(not log, f"the browser complains: {log[:3]}")
        loaded = self.run("return performance.getEntriesByType('resource').map((e) => e.name)")
        self.expect(not loaded, f"it loads {loaded[:3]}")

    def check_width(self, width):
        wide = self.run("return document.documentElement.scrollWidth")
        self.expect(wide <= width, f"it is {wide} px wide in a window of {width} px")
        overlaps = self.run(OVERLAPS)
        self.expect(overlaps == 0, f"{overlaps} pairs of labels overlap at {width} px")

    def check_contrast(self, scheme):
        contrast, where = self.run(CONTRAST)
        self.expect(contrast >= 4.5, f"contrast {contrast:.2f} of \"{where}\" ({scheme})")

    def check_keyboard(self):
        """The slider, buttons and charts can be used without a pointer."""
        end = self.data["simulated_s"]
        slider = self.find("#time")
        self.run("arguments[0].focus()", slider)
        slider.send_keys(Keys.HOME)
        self.expect(self.now() == 0.0, "Home does not go to the beginning")
        slider.send_keys(Keys.ARROW_RIGHT)
        moved = self.now()
        self.expect(0.0 < moved < end, "the arrow key does not move the slider")
        self.expect(self.run("return document.getElementById('time').getAttribute('aria-valuetext')"),
                    "the slider says nothing to a screen reader")
        slider.send_keys(Keys.END)
        self.expect(self.now() == end, "End does not go to the end")
        slider.send_keys(Keys.HOME)
        body = ActionChains(self.driver)
        body.send_keys(Keys.TAB).perform()
        outline = self.run("return getComputedStyle(document.activeElement).outlineStyle")
        self.expect(outline != "none", "what has the focus cannot be seen")
        self.run("document.activeElement.blur()")
        ActionChains(self.driver).send_keys("n").perform()
        self.expect(self.now() > 0.0 or self.first_event() == 0.0, "key n does not go to an event")
        for chart in self.find_all(".chart-row [role=slider]")[:1]:
            self.run("arguments[0].focus()", chart)
            before = self.now()
            chart.send_keys(Keys.END)
            chart.send_keys(Keys.ARROW_LEFT)
            self.expect(self.now() not in (before, end), "arrow keys do nothing in a chart")

    def first_event(self):
        return min((event[1] for event in self.data["events"]["list"] if event[3] == 0), default=0.0)

    def check_steps(self):
        """Next and Previous go through the events that were asked for."""
        for step in ("0", "1", "2"):
            Select(self.find("#step")).select_by_value(step)
            times = sorted({e[1] for e in self.data["events"]["list"] if e[3] <= int(step) and e[1] > 0})
            self.go_to(0)
            for expected in times[:3]:
                self.click("#next")
                self.expect(abs(self.now() - expected) < 1e-9, f"Next goes to {self.now()}, not {expected}")
                self.expect(self.find_all("#events-now [aria-current]"), "the event is not marked")
            if len(times) > 1:
                self.click("#previous")
                back = times[min(3, len(times)) - 2]
                self.expect(abs(self.now() - back) < 1e-9, f"Previous goes to {self.now()}, not {back}")
        Select(self.find("#step")).select_by_value("0")

    def check_faults(self):
        """What has failed is there while it lasts, in words and in the map."""
        for fault in self.data["status"]["faults"][:8]:
            end = fault["to"] if fault["to"] is not None else self.data["simulated_s"]
            words = f"{fault['type']} {fault['target']}"
            self.go_to((fault["from"] + end) / 2)
            self.expect(words in self.text("#failures"), f"{words} is not listed while it lasts")
            titles = self.run("return [...document.querySelectorAll('.marker title')].map((t) => t.textContent)")
            self.expect(any(words in title for title in titles), f"{words} is not in the map")
            if fault["type"] == "fibre-cut":
                self.expect(self.find_all(".fibre.broken"), f"the fibre of {words} looks whole")
            if fault["to"] is not None:
                others = [f for f in self.data["status"]["faults"] if f is not fault and
                          f["target"] == fault["target"] and f["type"] == fault["type"]]
                self.go_to(min(self.data["simulated_s"], end + 1e-6))
                self.expect(others or words not in self.text("#failures"), f"{words} does not go away")

    def check_routes(self):
        """The routes in use are listed and drawn."""
        for use in self.data["status"]["uses"][:MOST_USES]:
            Select(self.find("#session")).select_by_value(use["session"])
            self.go_to((use["from"] + use["to"]) / 2)
            interrupted = any(
                i["from"] <= self.now() < i["to"] for s in self.data["supply"]["sessions"]
                if s["id"] == use["session"] for i in s["interruptions"])
            route = " \u2192 ".join(use["kms"])
            self.expect(interrupted or route in self.text("#sessions-now"),
                        f"route {route} of {use['session']} is not listed")
            lines = self.run(
                "return [...document.querySelectorAll('.route title')].map((t) => t.textContent)")
            self.expect(any(f"session {use['session']} over {route}" in line for line in lines),
                        f"route {route} of {use['session']} is not drawn")
            drawn = self.run("return [...document.querySelectorAll('path.route')].every("
                             "(p) => p.getTotalLength() > 5)")
            self.expect(drawn, f"route {route} is drawn without length")
            self.expect(len(self.find_all(".node.end")) == 2, "the ends of the session are not marked")
        Select(self.find("#session")).select_by_value("")

    def check_links(self):
        """Links that do not run look different."""
        for entry in self.data["status"]["links"][:6]:
            if entry["state"] in ("Standby", "Off") or entry["to"] - entry["from"] < 1e-6:
                continue
            self.go_to((entry["from"] + entry["to"]) / 2)
            looks = self.run("return [...document.querySelectorAll('path.link[data-link]')].filter("
                             "(p) => p.dataset.link === arguments[0]).map((p) => p.getAttribute('class'))",
                             entry["link"])
            wanted = "degraded" if entry["state"] == "Degraded" else "down"
            self.expect(any(wanted in look for look in looks), f"QKD link {entry['link']} looks like {looks}")

    def check_play(self):
        self.go_to(0)
        Select(self.find("#speed")).select_by_value("10")
        self.click("#play")
        deadline = time.monotonic() + 10
        while self.now() == 0.0 and time.monotonic() < deadline:
            time.sleep(0.05)
        self.click("#play")
        stopped = self.now()
        self.expect(stopped > 0.0, "Play does not play")
        time.sleep(0.2)
        self.expect(self.now() == stopped, "Pause does not pause")

    def check_charts(self):
        """Charts show values where the pointer is, and lead to that instant."""
        for chart in self.find_all(".chart-row [role=slider]")[:1]:
            self.go_to(0)
            self.run("arguments[0].scrollIntoView({block: 'center'})", chart)
            value = self.find(".chart-row .value")
            before = value.text
            ActionChains(self.driver).move_to_element(chart).perform()
            self.expect(value.text != before, "no value is shown at the pointer")
            ActionChains(self.driver).move_to_element(chart).click().perform()
            middle = self.now() / self.data["simulated_s"]
            self.expect(0.45 < middle < 0.55, "a click does not lead to that instant")
        bars = self.find_all(".bar-row")
        self.expect(bars or not self.data["recoveries"]["bars"], "recoveries have no bars")
        if bars:
            self.go_to(0)
            self.run("arguments[0].dispatchEvent(new Event('click'))", bars[0])
            self.expect(self.now() == self.data["recoveries"]["bars"][0]["at"],
                        "a bar does not lead to its fault")

    def check_filters(self):
        """Rows of the requirements can be chosen by status."""
        for table in self.find_all("table[data-filter]"):
            rows = table.find_elements(By.CSS_SELECTOR, "tbody tr")
            keys = {row.get_attribute("data-key") for row in rows}
            for button in self.find_all("fieldset.filter button"):
                self.run("arguments[0].click()", button)
                shown = [r.get_attribute("data-key") for r in rows if r.is_displayed()]
                key = button.text.rsplit(" (", 1)[0]
                self.expect(f"({len(shown)})" in button.text and (key == "all" or set(shown) == {key}),
                            f"filter {button.text} shows {len(shown)} rows of {set(shown)}")
            self.expect(len(keys) + 1 == len(self.find_all("fieldset.filter button")), "filters are missing")
            self.run("arguments[0].click()", self.find("fieldset.filter button"))

    def open_without_script(self):
        """Load the page; tables are there without script."""
        self.open(WIDE, script=False)
        self.expect(not self.find("#app").is_displayed(), "parts that need a script are shown without")
        self.expect(self.find_all("main tbody tr"), "there is no table without script")

    def check_without_script(self):
        """Plots are there without script."""
        self.open_without_script()
        if list(self.results.glob("*.svg")):
            self.expect(self.find_all("noscript figure svg"), "there is no plot without script")

    def check_print(self):
        pdf = self.driver.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": False})["data"]
        self.expect(base64.b64decode(pdf).startswith(b"%PDF"), "it cannot be printed")

    def picture(self, folder, name):
        height = self.run("return document.documentElement.scrollHeight")
        width = self.run("return innerWidth")
        picture = self.driver.execute_cdp_cmd("Page.captureScreenshot", {
            "captureBeyondViewport": True,
            "clip": {"x": 0, "y": 0, "width": width, "height": min(height, 4000), "scale": 1}})
        (folder / f"{self.results.name}-{name}.png").write_bytes(base64.b64decode(picture["data"]))

    def check_all(self):
        for test in (self.check_keyboard, self.check_steps, self.check_faults, self.check_links, self.check_routes,
                     self.check_play, self.check_charts, self.check_filters, self.check_print, self.check_quiet):
            test()
        self.open(NARROW)
        self.check_steps()
        self.check_width(NARROW)
        self.check_without_script()


def checks_of(page):
    """What is checked: that depends on what the page is about."""
    kind = page.data.get("kind")
    return CampaignChecks(page, NARROW) if kind == "replications" else \
        RestorabilityChecks(page, NARROW) if kind == "enumeration" else page


def check(driver, results, pictures):
    page = Page(driver, results)
    for width in (WIDE, NARROW):
        for scheme in ("light", "dark"):
            page.open(width, scheme)
            page.check_width(width)
            page.check_contrast(scheme)
            page.check_quiet()
            if pictures:
                page.picture(pictures, f"{width}-{scheme}")
    page.open(WIDE)
    checks_of(page).check_all()
    print(f"{page.file} works, {page.file.stat().st_size} bytes", flush=True)


def main():
    arguments = sys.argv[1:]
    pictures = None
    if arguments and arguments[0].startswith("--pictures="):
        pictures = Path(arguments.pop(0).split("=", 1)[1])
        pictures.mkdir(parents=True, exist_ok=True)
    if not arguments:
        sys.exit(__doc__)
    options = webdriver.ChromeOptions()
    # as root, as in containers, Chromium has no sandbox; it opens files of this machine only
    for option in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"):
        options.add_argument(option)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options)
    try:
        for results in arguments:
            check(driver, Path(results), pictures)
    finally:
        driver.quit()


if __name__ == "__main__":
    main()
