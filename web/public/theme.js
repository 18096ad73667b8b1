// Light or dark, chosen before the first picture is painted.
(function () {
  try {
    var chosen = localStorage.getItem('odla.theme');
    if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen;
  } catch (error) {
    // Storage may be shut off; the system's choice stands.
  }
})();
