# SPDX-License-Identifier: GPL-2.0-only
"""What .ci/check-pages.py does with the pages of campaigns."""

from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select


class CampaignChecks:
    """What is checked of the page of replications."""

    def __init__(self, page, narrow):
        self.page = page
        self.narrow = narrow

    def rows(self, container):
        return self.page.find_all(f"#{container} .chart-row")

    def check_table_filters(self):
        """Rows of tables can be chosen."""
        for fieldset in self.page.find_all("fieldset.filter"):
            rows = self.page.run("return [...arguments[0].nextElementSibling.querySelectorAll('tbody tr')]", fieldset)
            for button in fieldset.find_elements(By.TAG_NAME, "button"):
                self.page.run("arguments[0].click()", button)
                key, count = button.text[:-1].rsplit(" (", 1)
                shown = [row.get_attribute("data-key") for row in rows if row.is_displayed()]
                self.page.expect(len(shown) == int(count) and (key == "all" or set(shown) == {key}),
                            f"filter {button.text} shows {len(shown)} rows")
            self.page.run("arguments[0].querySelector('button').click()", fieldset)

    def check_sorting(self):
        """A click on a heading sorts by its column, another one the other way."""
        for table in self.page.find_all("#tables table"):
            button = table.find_elements(By.CSS_SELECTOR, "th button")[-1]
            for direction, order in (("ascending", 1), ("descending", -1)):
                self.page.run("arguments[0].click()", button)
                cells = self.page.run("return [...arguments[0].tBodies[0].rows].map((r) => r.cells[r.cells.length - 1]"
                                 ".textContent)", table)
                values = [order * float(cell) for cell in cells if cell != "-"]
                self.page.expect(values == sorted(values), f"column {button.text} is not sorted: {cells[:5]}")
                self.page.expect("-" not in cells[:len(values)], "missing values are not last")
                self.page.expect(table.find_elements(By.CSS_SELECTOR, f"th[aria-sort={direction}]"),
                            "the order is not told to screen readers")

    def check_metrics(self):
        """Each metric has its points, means in order, and differences."""
        classes = self.page.data["classes"]
        select = Select(self.page.find("#metric"))
        labels = {metric["name"]: metric["label"] for metric in self.page.data["metrics"]}
        names = [option.get_attribute("value") for option in select.options]
        self.page.expect("outage_s" in names, f"the metrics are {names}")
        seen = set()
        for name in names:
            select.select_by_value(name)
            heading = self.page.text("#values-heading")
            self.page.expect(labels[name][1:] in heading, f"metric {name} has heading {heading}")
            seen.add(self.page.run("return document.getElementById('values').innerHTML"))
            rows = self.rows("values")
            self.page.expect(len(rows) == len(classes), f"{len(rows)} rows for {len(classes)} classes")
            pairs = any(difference["statistics"][name] for difference in self.page.data["differences"])
            self.page.expect(len(self.rows("differences")) == (len(classes) - 1 if pairs else 0), "rows of differences")
            for row, entry in zip(rows, classes):
                points = row.find_elements(By.CSS_SELECTOR, "circle.dot")
                wanted = sum(value is not None for value in entry["values"][name])
                self.page.expect(len(points) == wanted, f"{len(points)} points for {wanted} runs with {name}")
                self.page.expect(row.find_element(By.CSS_SELECTOR, ".name").text == entry["name"], "names of rows")
            self.check_means(rows, name)
        self.page.expect(len(seen) == len(names), "metrics look alike")
        select.select_by_value("outage_s")

    def check_means(self, rows, name):
        """Means are from left to right in the order of their values, and points inside."""
        means = [(entry["statistics"][name]["mean"], self.page.run(
            "const box = arguments[0].querySelector('path.mean').getBoundingClientRect(); return box.x", row))
            for row, entry in zip(rows, self.page.data["classes"]) if entry["statistics"][name]]
        places = [place for _, place in sorted(means)]
        self.page.expect(places == sorted(places), f"means of {name} are at {means}")
        outside = self.page.run(
            "const w = arguments[0].getBoundingClientRect(); return [...arguments[0].querySelectorAll('circle.dot')]"
            ".filter((c) => { const b = c.getBoundingClientRect(); return b.left < w.left - 1 || b.right > w.right + 1"
            " || b.top < w.top - 1 || b.bottom > w.bottom + 1; }).length", self.page.find("#values"))
        self.page.expect(outside == 0, f"{outside} points of {name} are outside")

    def check_marks(self):
        """A run can be marked in all classes, by the list and by the pointer."""
        select = Select(self.page.find("#run"))
        select.select_by_index(len(select.options) - 1)
        number = self.page.data["shown"]["run"][-1]
        self.page.expect(f"run {number}:" in self.page.text("#marked"), f"run {number} is not told")
        rings = self.page.run("return [...document.querySelectorAll('#values .run-mark')].filter("
                         "(r) => r.getAttribute('visibility') === 'visible').length")
        wanted = sum(entry["values"]["outage_s"][-1] is not None for entry in self.page.data["classes"])
        self.page.expect(rings == wanted, f"{rings} rings for {wanted} classes")
        select.select_by_value("")
        before = self.page.text("#marked")
        point = self.page.find("#values circle.dot")
        self.page.run("arguments[0].scrollIntoView({block: 'center'})", point)
        ActionChains(self.page.driver).move_to_element(point).perform()
        self.page.expect(self.page.text("#marked") != before, "pointing at a run does nothing")
        ActionChains(self.page.driver).move_to_element(self.page.find("#values-heading")).perform()
        self.page.expect(self.page.text("#marked") == before, "a run stays marked")

    def check_nines(self):
        """Bounds are arrows, for all sessions and for each."""
        select = Select(self.page.find("#session"))
        for option in [option.get_attribute("value") for option in select.options]:
            select.select_by_value(option)
            rows = self.rows("nines-chart")
            self.page.expect(len(rows) == len(self.page.data["classes"]), "rows of availability")
            for row, entry in zip(rows, self.page.data["classes"]):
                found = entry["availability"] if option == "" else next(
                    s["availability"] for s in entry["sessions"] if s["id"] == option)
                arrows = len(row.find_elements(By.CSS_SELECTOR, ".bound-head"))
                self.page.expect(arrows == bool(found and found["no_outage_bound"]),
                            f"{arrows} arrows for {entry['name']}, session {option}")
        select.select_by_value("")

    def check_keys(self):
        """The metric can be chosen by keys, and what has the focus is seen."""
        metric = self.page.find("#metric")
        metric.send_keys(Keys.HOME)
        heading = self.page.text("#values-heading")
        metric.send_keys(Keys.ARROW_DOWN)
        self.page.expect(self.page.text("#values-heading") != heading, "keys choose no metric")
        outline = self.page.run("return getComputedStyle(document.activeElement).outlineStyle")
        self.page.expect(outline != "none", "what has the focus cannot be seen")

    def check_all(self):
        for test in (self.check_metrics, self.check_marks, self.check_nines, self.check_keys, self.check_sorting,
                     self.check_table_filters, self.page.check_print, self.page.check_quiet):
            test()
        self.page.open(self.narrow)
        self.check_metrics()
        self.page.check_width(self.narrow)
        self.page.open_without_script()


class RestorabilityChecks(CampaignChecks):
    """What is checked of the page of an enumeration."""

    def first_cells(self):
        """Text and failure of the cells of the first row."""
        row = self.page.find("#heat tbody tr")
        return int(row.get_attribute("data-failure")), [b.text for b in row.find_elements(By.TAG_NAME, "button")]

    def check_matrix(self):
        """Each cell says what became of its sessions, in the order that is asked for."""
        classes = self.page.data["classes"]
        cells = self.page.find_all("#heat td button")
        rows = len(self.page.find_all("#heat tbody tr"))
        self.page.expect(len(cells) == rows * len(classes) > 0, f"{len(cells)} cells in {rows} rows")
        for k, entry in enumerate(classes):
            cell = entry["cells"][0]
            wanted = f"{cell['recovered']}/{cell['sessions_hit']}" if cell["sessions_hit"] else "\u2013"
            self.page.expect(cells[k].text == wanted, f"{cells[k].text} in place of {wanted}")
        Select(self.page.find("#measure")).select_by_value("interrupted_s")
        Select(self.page.find("#order")).select_by_value("worst")
        sums = [sum(entry["cells"][i]["interrupted_s"] for entry in classes)
                for i in range(len(self.page.data["failures"]))]
        worst = self.first_cells()[0]
        self.page.expect(sums[worst] == max(sums), f"failure {worst} is first")
        self.page.run("document.querySelector('.bar-row').dispatchEvent(new Event('click'))")
        first = [cell["interrupted_s"] for cell in classes[0]["cells"]]
        self.page.expect(first[self.first_cells()[0]] == max(first), "a bar does not sort the matrix")

    def check_keys(self):
        """Arrow keys go from cell to cell, and each is told in words."""
        self.page.run("document.querySelector('#heat td button').focus()")
        seen = set()
        for key in (Keys.ARROW_RIGHT, Keys.ARROW_DOWN, Keys.ARROW_LEFT, Keys.ARROW_UP):
            ActionChains(self.page.driver).send_keys(key).perform()
            label = self.page.run("return document.activeElement.getAttribute('aria-label')")
            self.page.expect(label == self.page.text("#cell"), f"cell {label} is told as {self.page.text('#cell')}")
            seen.add(label)
        several = min(len(self.page.data["classes"]), len(self.page.data["failures"])) > 1
        self.page.expect(len(seen) == (4 if several else len(seen)), f"arrow keys reach {len(seen)} cells")
        self.page.expect(len(self.page.find_all("#heat td button[tabindex='0']")) == 1, "Tab stops at several cells")

    def check_all(self):
        for test in (self.check_matrix, self.check_keys, self.check_sorting, self.check_table_filters,
                     self.page.check_print, self.page.check_quiet):
            test()
        self.page.open_without_script()
