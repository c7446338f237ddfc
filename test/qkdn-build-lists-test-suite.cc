/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "ns3/test.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

using namespace ns3;

namespace
{

using Words = std::vector<std::string>;

/// Top folder of the module.
const std::filesystem::path TOP = QKDN_SOURCE_DIR;

/**
 * @brief Read a file of the module.
 * @param name its path below the top folder
 * @return its text, empty if it cannot be read
 */
std::string
ReadText(const std::string& name)
{
    std::ifstream file(TOP / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/**
 * @brief Read a CMake file.
 * @param name its path below the top folder
 * @return its text without comments
 */
std::string
ReadCmake(const std::string& name)
{
    return std::regex_replace(ReadText(name), std::regex("#[^\n]*"), "");
}

/**
 * @brief The words between two marks in a text.
 * @param text the text
 * @param begin first mark
 * @param end second mark
 * @return the words, none if the marks are not there
 */
Words
Between(const std::string& text, const std::string& begin, const std::string& end)
{
    const auto first = text.find(begin);
    if (first == std::string::npos)
    {
        return {};
    }
    const auto start = first + begin.size();
    std::istringstream words(text.substr(start, text.find(end, start) - start));
    return {std::istream_iterator<std::string>(words), std::istream_iterator<std::string>()};
}

/**
 * @brief A list of CMakeLists.txt.
 * @param name name of its variable
 * @return its elements
 */
Words
CmakeList(const std::string& name)
{
    return Between(ReadCmake("CMakeLists.txt"), "set(" + name + "\n", ")");
}

/**
 * @brief A list of strings of the wscript.
 * @param name name of its variable
 * @return its elements
 */
Words
WscriptList(const std::string& name)
{
    Words elements =
        Between(ReadText("wscript-compat/qkdn-resilience/wscript"), "\n" + name + " = [\n", "\n]");
    for (std::string& element : elements)
    {
        // 'element',
        element = element.size() < 3 ? element : element.substr(1, element.size() - 3);
    }
    return elements;
}

/**
 * @brief The parts of a text that a regular expression takes.
 * @param text the text
 * @param expression the expression, with one group
 * @return the group of each match
 */
Words
Matches(const std::string& text, const std::string& expression)
{
    const std::regex regex(expression);
    Words found;
    for (std::sregex_iterator match(text.begin(), text.end(), regex), end; match != end; ++match)
    {
        found.push_back(match->str(1));
    }
    return found;
}

/**
 * @brief The files of a folder and those below.
 * @param folder the folder
 * @param extension how their names end, for example ".h"
 * @return their paths below the top folder
 */
Words
FilesIn(const std::string& folder, const std::string& extension)
{
    Words files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(TOP / folder))
    {
        if (entry.path().extension() == extension)
        {
            files.push_back(entry.path().lexically_relative(TOP).generic_string());
        }
    }
    return files;
}

/**
 * @brief Two lists in one.
 * @param a one
 * @param b the other
 * @return the elements of both
 */
Words
Join(Words a, const Words& b)
{
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief Base of tests that compare lists.
 */
class BuildListTest : public TestCase
{
  protected:
    using TestCase::TestCase;

    /**
     * @brief Expect two lists with the same elements, each of them once.
     * @param list the list under test
     * @param expected what it should have
     * @param what what it is
     */
    void ExpectSame(Words list, Words expected, const std::string& what)
    {
        NS_TEST_EXPECT_MSG_EQ(list.empty(), false, what << ": nothing found");
        std::sort(list.begin(), list.end());
        std::sort(expected.begin(), expected.end());
        const auto twice = std::adjacent_find(list.begin(), list.end());
        NS_TEST_EXPECT_MSG_EQ((twice == list.end() ? "" : *twice), "", what << ": listed twice");
        Words differences;
        std::set_symmetric_difference(list.begin(),
                                      list.end(),
                                      expected.begin(),
                                      expected.end(),
                                      std::back_inserter(differences));
        for (const std::string& difference : differences)
        {
            NS_TEST_EXPECT_MSG_EQ(difference, "", what << ": in one list only");
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The lists of the wscript against those of the CMake files.
 */
class WscriptListsTest : public BuildListTest
{
  public:
    WscriptListsTest()
        : BuildListTest("The wscript has the lists of the CMake files")
    {
    }

  private:
    void DoRun() override
    {
        ExpectSame(WscriptList("SOURCES"), CmakeList("qkdn_sources"), "sources");
        ExpectSame(WscriptList("HEADERS"), CmakeList("qkdn_headers"), "headers");
        ExpectSame(WscriptList("TESTS"), CmakeList("qkdn_tests"), "tests");
        const std::string call = ReadCmake("CMakeLists.txt");
        ExpectSame(WscriptList("MODULES"),
                   Matches(call.substr(call.find("build_lib(")), "\\$\\{lib([^}]+)\\}"),
                   "ns-3 modules");

        // examples, with their sources and ns-3 modules
        const std::string wscript = ReadText("wscript-compat/qkdn-resilience/wscript");
        const std::string cmake = ReadCmake("examples/CMakeLists.txt");
        const Words names = Matches(cmake, "NAME\\s+([a-z0-9-]+)");
        NS_TEST_EXPECT_MSG_EQ(names.size(),
                              Matches(wscript, "\\n    \\('([^']+)',").size(),
                              "number of examples");
        for (const std::string& name : names)
        {
            const auto begin = cmake.find("NAME " + name);
            const std::string example = cmake.substr(begin, cmake.find(')', begin) - begin);
            Words modules = Matches(example, "\\$\\{lib([^}]+)\\}");
            const auto place = wscript.find("\n    ('" + name + "',");
            NS_TEST_EXPECT_MSG_NE(place, std::string::npos, "example " << name);
            if (place == std::string::npos)
            {
                continue;
            }
            const std::string entry = wscript.substr(place, wscript.find("]),", place) + 1 - place);
            const Words sources = Matches(example, "\\s([a-z0-9./-]+\\.cc)");
            Words expected = Join({name}, modules);
            for (const std::string& source : sources)
            {
                expected.push_back("examples/" + source);
            }
            ExpectSame(Matches(entry, "'([^']+)'"), expected, "example " + name);
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The lists of CMakeLists.txt against the files that there are.
 */
class FilesListedTest : public BuildListTest
{
  public:
    FilesListedTest()
        : BuildListTest("Each file is in one list, and the names of headers are unique")
    {
    }

  private:
    void DoRun() override
    {
        ExpectSame(CmakeList("qkdn_sources"),
                   Join(FilesIn("model", ".cc"), FilesIn("helper", ".cc")),
                   "sources");
        ExpectSame(Join(CmakeList("qkdn_headers"), CmakeList("qkdn_private_headers")),
                   Join(FilesIn("model", ".h"), FilesIn("helper", ".h")),
                   "headers");
        ExpectSame(CmakeList("qkdn_tests"), FilesIn("test", ".cc"), "tests");

        Words suites;
        for (const std::string& test : CmakeList("qkdn_tests"))
        {
            // one suite a file, and named after it; other files are what suites and programs share
            const bool isSuite = test.find("-test-suite.cc") != std::string::npos;
            const Words registered = Matches(ReadText(test), ":\\s*TestSuite\\(\"([^\"]+)\"");
            NS_TEST_EXPECT_MSG_EQ(registered.size(), std::size_t{isSuite}, "suites in " << test);
            suites = Join(suites, registered);
            for (const std::string& suite : registered)
            {
                NS_TEST_EXPECT_MSG_EQ(test, "test/" + suite + "-test-suite.cc", "name");
            }
        }
        ExpectSame(CmakeList("qkdn_suites"), suites, "suites");

        // ns-3 puts all headers into one folder
        std::map<std::string, std::string> seen;
        for (const std::string& header :
             Join(Join(FilesIn("model", ".h"), FilesIn("helper", ".h")), FilesIn("test", ".h")))
        {
            const std::string name = std::filesystem::path(header).filename().string();
            NS_TEST_EXPECT_MSG_EQ(name.compare(0, 5, "qkdn-"), 0, "prefix of " << header);
            const auto [other, fresh] = seen.emplace(name, header);
            NS_TEST_EXPECT_MSG_EQ(fresh, true, header << " and " << other->second);
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Private headers are used by sources of their own folder only, and no header of the module
 * makes its users need nlohmann-json.
 */
class PrivateHeadersTest : public BuildListTest
{
  public:
    PrivateHeadersTest()
        : BuildListTest("Private headers stay private")
    {
    }

  private:
    void DoRun() override
    {
        for (const std::string& header : CmakeList("qkdn_headers"))
        {
            NS_TEST_EXPECT_MSG_EQ(ReadText(header).find("nlohmann"),
                                  std::string::npos,
                                  header << " names nlohmann-json");
        }
        for (const std::string& header : CmakeList("qkdn_private_headers"))
        {
            CheckPrivate(header);
        }
    }

    /**
     * @brief Check a private header.
     * @param header its path
     */
    void CheckPrivate(const std::string& header)
    {
        const std::filesystem::path path = header;
        const std::string include = "#include \"" + path.filename().string() + "\"";
        const Words privates = CmakeList("qkdn_private_headers");
        std::size_t users = 0;
        for (const std::string& file :
             Join(Join(CmakeList("qkdn_sources"), privates),
                  Join(CmakeList("qkdn_headers"), FilesIn("test", ".cc"))))
        {
            const std::string text = ReadText(file);
            NS_TEST_EXPECT_MSG_EQ(text.find("ns3/" + path.filename().string() + "\""),
                                  std::string::npos,
                                  file << " includes " << header << " as a public one");
            if (text.find(include) == std::string::npos)
            {
                continue;
            }
            ++users;
            const bool mayUse = std::filesystem::path(file).extension() == ".cc" ||
                                std::find(privates.begin(), privates.end(), file) != privates.end();
            NS_TEST_EXPECT_MSG_EQ(mayUse, true, file << ", a public header, includes " << header);
            NS_TEST_EXPECT_MSG_EQ(std::filesystem::path(file).parent_path(),
                                  path.parent_path(),
                                  file << " includes " << header << " of another folder");
        }
        NS_TEST_EXPECT_MSG_GT(users, 0, "nobody includes " << header);
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Examples are run, and the tutorial shows what is in them.
 */
class ExamplesShownTest : public BuildListTest
{
  public:
    ExamplesShownTest()
        : BuildListTest("Each example is run and documented, and the tutorial quotes its scripts")
    {
    }

  private:
    /**
     * @brief Expect that a text has a mark once.
     * @param text the text
     * @param mark the mark
     * @param what what they are
     */
    void ExpectOnce(const std::string& text, const std::string& mark, const std::string& what)
    {
        const auto place = text.find(mark);
        NS_TEST_EXPECT_MSG_NE(place, std::string::npos, what << " has no " << mark);
        NS_TEST_EXPECT_MSG_EQ(text.find(mark, place + 1), std::string::npos, what << ": " << mark);
    }

    void DoRun() override
    {
        const Words names = Matches(ReadCmake("examples/CMakeLists.txt"), "NAME\\s+([a-z0-9-]+)");
        Words run = Matches(ReadText("test/examples-to-run.py"), "\\(\"([a-z0-9-]+)[ \"]");
        // these need several processes, and TAP devices: scripts of their own start them
        run.insert(run.end(), {"qkdn-distributed", "qkdn-emulation"});
        std::sort(run.begin(), run.end());
        run.erase(std::unique(run.begin(), run.end()), run.end());
        ExpectSame(run, names, "examples that are run");
        const std::string manual = ReadText("doc/programs.rst");
        for (const std::string& name : names)
        {
            NS_TEST_EXPECT_MSG_NE(manual.find("``" + name + "``"), std::string::npos, name);
        }

        std::string tutorial = ReadText("doc/tutorial.rst");
        for (const std::string script : {"first", "second", "third"})
        {
            const std::string text = ReadText("examples/qkdn-" + script + ".cc");
            NS_TEST_EXPECT_MSG_LT(std::count(text.begin(), text.end(), '\n'), 100, script);
        }
        const std::string quote = ".. literalinclude:: ../";
        std::size_t quotes = 0;
        for (auto at = tutorial.find(quote); at != std::string::npos; at = tutorial.find(quote))
        {
            tutorial.erase(0, at + quote.size());
            const std::string file = tutorial.substr(0, tutorial.find('\n'));
            const Words begin = Matches(tutorial, ":start-at: ([^\n]+)");
            const Words end = Matches(tutorial, ":end-before: ([^\n]+)");
            NS_TEST_ASSERT_MSG_EQ(begin.empty() || end.empty(), false, "marks of " << file);
            const std::string text = ReadText(file);
            ExpectOnce(text, begin[0], file);
            NS_TEST_EXPECT_MSG_NE(text.find(end[0], text.find(begin[0])),
                                  std::string::npos,
                                  file << " has no " << end[0] << " after " << begin[0]);
            ++quotes;
        }
        NS_TEST_EXPECT_MSG_GT(quotes, 5, "quotations");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of the files that say how the module is built.
 */
class QkdnBuildListsTestSuite : public TestSuite
{
  public:
    QkdnBuildListsTestSuite()
        : TestSuite("qkdn-build-lists", Type::UNIT)
    {
        AddTestCase(new WscriptListsTest);
        AddTestCase(new FilesListedTest);
        AddTestCase(new PrivateHeadersTest);
        AddTestCase(new ExamplesShownTest);
    }
};

static QkdnBuildListsTestSuite g_qkdnBuildListsTestSuite; //!< registers the suite
